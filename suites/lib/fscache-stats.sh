# SPDX-License-Identifier: GPL-2.0-only
# Reads /proc/fs/fscache by key, because the lines differ between kernels (6.12 links the folder to /proc/fs/netfs).

# fscache_stat KEY [CLASS]: one counter of `stats`, such as `wr IO` or `ds`; CLASS tells keys apart that several lines have.
fscache_stat() {
	# IO     : rd=12 wr=34 mis=0
	awk -v key="$1" -v class="$2" '{
		colon = index($0, ":")
		name = substr($0, 1, colon - 1)
		gsub(/ /, "", name)
		if (class != "" && name != class) next
		count = split(substr($0, colon + 1), pairs, " ")
		for (i = 1; i <= count; i++) {
			split(pairs[i], pair, "=")
			if (pair[1] == key) { print pair[2]; exit }
		}
	}' /proc/fs/fscache/stats
}

# cache_reads, cache_writes: read and write operations that fscache passed to the cache since it was loaded.
cache_reads() {
	fscache_stat rd IO
}
cache_writes() {
	fscache_stat wr IO
}

# fscache_rows TABLE: rows of `caches`, `volumes` or `cookies` below their two header lines.
fscache_rows() {
	awk 'NR > 2 { rows++ } END { print rows + 0 }' "/proc/fs/fscache/$1"
}

# netfs_is_idle: no I/O request is alive, so everything that was read has been copied to the cache, or has failed to be.
netfs_is_idle() {
	[ "$(fscache_stat rr)" = 0 ]
}

# cookies_are_gone: every object has been given back and committed, so the cache's files have their names on disk.
cookies_are_gone() {
	awk 'FNR > 2 { found = 1; exit } END { exit found }' /proc/fs/fscache/cookies /proc/fs/fscache/volumes
}
