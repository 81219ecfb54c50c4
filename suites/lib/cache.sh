# SPDX-License-Identifier: GPL-2.0-only
# A cache kept by the real cachefilesd on a disk of its own. Needs ktap.sh (when at_exit is wanted), wait.sh, fscache-stats.sh.

cache_mount=/run/cache
cache_log=/run/cachefilesd.log

# cache_start DISK: mounts the disk (ext4; the runner made the file system), empties it of what an earlier case may have left
# unless cache_kept is set, and runs cachefilesd, with the thresholds of cache_limits if a case has set them; returns when the cache is active.
cache_start() {
	mkdir -p "$cache_mount"
	mount -t ext4 -o user_xattr "$1" "$cache_mount" || return 1
	[ -n "${cache_kept:-}" ] || rm -rf "$cache_mount/fscache"
	mkdir -p "$cache_mount/fscache"
	# Thresholds far below what a 512 MiB disk holds: nothing is culled unless a case fills the disk on purpose.
	# shellcheck disable=SC2086 # three words: run above 5, the kernel's own value for cull, then cull, then stop
	set -- ${cache_limits:-10 7 3}
	cat >/run/cachefilesd.conf <<-END
		dir $cache_mount/fscache
		tag crucible
		brun $1%
		bcull $2%
		bstop $3%
		frun $1%
		fcull $2%
		fstop $3%
	END
	cachefilesd_run
}

# cachefilesd_run: cachefilesd with the configuration in /run, in the background; returns when the cache is active. Its pid is in
# cache_pid and in a file, how it ended is the last line of its log. Its heap is where it does not abort (known issue cachefilesd-heap-abort).
cachefilesd_run() {
	rm -f /run/cachefilesd.pid
	(
		setarch -R cachefilesd -n -s -f /run/cachefilesd.conf &
		echo "$!" >/run/cachefilesd.pid
		wait "$!"
		echo "ended with exit status $?"
	) </dev/null >>"$cache_log" 2>&1 &
	wait_until 10 'cachefilesd to bind the cache' cachefilesd_is_settled
	read -r cache_pid </run/cachefilesd.pid
	cache_is_active
}

# cachefilesd_is_settled: it has bound the cache, or it will not any more.
cachefilesd_is_settled() {
	cache_is_active || { [ -s /run/cachefilesd.pid ] && has_ended "$(cat /run/cachefilesd.pid)"; }
}

# cache_is_active: fscache lists a cache in state A.
cache_is_active() {
	# 00000001     2     0     0     1 A crucible
	awk 'NR > 2 && $6 == "A" { found = 1 } END { exit !found }' /proc/fs/fscache/caches
}

# cache_stop: ends the daemon, waits until the kernel has let go of the cache, unmounts the disk. Safe to call in any state.
cache_stop() {
	[ ! -e /run/cachefilesd.pid ] || {
		read -r cache_pid </run/cachefilesd.pid
		! has_ended "$cache_pid" || { echo 'cachefilesd had ended before, and said:' && cat "$cache_log"; } >&2
		end_process "$cache_pid" cachefilesd
	}
	wait_until 10 'the cache to be withdrawn' cache_is_gone
	unmount "$cache_mount"
	cache_stopped=$?
	rm -rf /run/cachefilesd.conf /run/cachefilesd.pid "$cache_log"
	rmdir "$cache_mount" 2>/dev/null
	return "$cache_stopped"
}

cache_is_gone() {
	[ "$(fscache_rows caches)" = 0 ]
}

# cache_files: sets cache_files and cache_bytes to the number of data objects on disk and the bytes they occupy there, holes left out.
cache_files() {
	# shellcheck disable=SC2046 # two words on purpose
	set -- $(find "$cache_mount/fscache/cache" -type f -exec stat -c %b {} + 2>/dev/null | awk '{ blocks += $1 } END { print NR, blocks * 512 }')
	cache_files=$1
	cache_bytes=$2
}

# cache_file_count: data objects on disk. Objects in use are nameless temporary files until their cookie is given back.
cache_file_count() {
	find "$cache_mount/fscache/cache" -type f 2>/dev/null | wc -l
}
