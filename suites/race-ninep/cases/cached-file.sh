# SPDX-License-Identifier: GPL-2.0-only
# One file behind a 9p mount with a cache, whose cookie is the only one. Sourced after the parts of the library.

hash_of() {
	sha256sum | cut -d ' ' -f 1
}

# cached_file_begin BYTES [VERSION]: mnt/file, which is like ./content, and nothing of it in any cache. One check.
cached_file_begin() {
	mkdir -p mnt
	at_exit 'rmdir mnt'
	at_exit cache_stop
	check 'the cache is active' cache_start "$CRUCIBLE_DISK_CACHE"
	kthreads_aside
	at_exit 'unmount "$PWD/mnt" && wait_until 10 "the cookies to be given back" cookies_are_gone'
	head -c "$1" /dev/urandom >content
	mount -t 9p -o "trans=virtio,version=${2:-9p2000.L},cache=none" export mnt
	cp content mnt/file
	umount mnt
	mount -t 9p -o "trans=virtio,version=${2:-9p2000.L},cache=fscache" export mnt
}

# cached_file_read: once through, and into the cache; it is closed then. Two checks, and evidence first_cache_writes.
cached_file_read() {
	cached_before=$(cache_writes)
	check 'the file is read' [ "$(hash_of <mnt/file)" = "$(hash_of <content)" ]
	sync
	check 'its content goes to the cache' wait_until 10 'netfs requests to end' netfs_is_idle
	evidence first_cache_writes $(($(cache_writes) - cached_before))
}

# survives STATUS: the end of a program that worked on the file. One that the kernel killed gives nothing back: nobody may wait for that.
survives() {
	[ "$1" -le 128 ] && return
	note "killed: status $1"
	trap - EXIT
	exit 1
}
