# SPDX-License-Identifier: GPL-2.0-only
# Files with known content, and the page cache. Needs the guest programs seeded and resident, and wait.sh.

# sha256 FILE: its hash, read through read(2).
sha256() {
	sha256sum <"$1" | cut -d ' ' -f 1
}

# sha256_mapped FILE: its hash, read through mmap(2).
sha256_mapped() {
	mapread "$1" | sha256sum | cut -d ' ' -f 1
}

# sha256_all DIRECTORY [READER]: one hash over every file below it, names included; READER reads in another way than read(2): sha256_mapped.
sha256_all() {
	if [ -z "${2:-}" ]; then
		files_hash=$(cd "$1" && find . -type f -exec sha256sum {} + | sort -k 2 | sha256sum)
	else
		files_hash=$(cd "$1" && find . -type f | sort | while read -r files_name; do
			echo "$("$2" "$files_name")  $files_name"
		done | sha256sum)
	fi
	echo "${files_hash%% *}"
}

# resident_pages DIRECTORY: how many pages of the files below it are in the page cache.
resident_pages() {
	find "$1" -type f -exec resident {} + | awk '{ pages += $1 } END { print pages + 0 }'
}

# drop_pages DIRECTORY: clean pages leave the page cache; inodes, and so cookies, stay. Fails when some page would not go.
drop_pages() {
	sync
	wait_until 10 "the pages of $1 to be dropped" pages_are_dropped "$1"
}

pages_are_dropped() {
	echo 1 >/proc/sys/vm/drop_caches
	[ "$(resident_pages "$1")" = 0 ]
}
