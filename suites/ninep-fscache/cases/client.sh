#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The guest's half of the scenarios, one verb per call; the verbs' state lives in the kernel and in /run.
#
# client.sh start DISK           runs cachefilesd on the disk
# client.sh mount TAG MODE       mounts the share at /run/mnt with cache=MODE
# client.sh read                 reads all files; prints `hash`, `cache_reads`, `cache_writes`, the copy to the cache included
# client.sh hold                 keeps every file open until umount
# client.sh drop                 drops the page cache; prints `resident_before`, `resident_after`
# client.sh write FILE           stdin goes over the file's content, which keeps its length, and then past it
# client.sh umount               and waits until the cache has committed everything; prints `cache_files`, `cache_bytes`
# client.sh stop                 leaves nothing behind, whatever state the other verbs left
for part in ktap wait fscache-stats cache files; do
	. "$CRUCIBLE_LIB/$part.sh"
done

mountpoint=/run/mnt
holders=/run/holders

settle() {
	# Read data is copied to the cache as writeback of pages marked for it (6.12), or while the request lives on (6.1).
	sync
	wait_until 10 'netfs requests to end' netfs_is_idle
}

# has_open PID FILE: as its stdin.
has_open() {
	[ "$(readlink "/proc/$1/fd/0")" = "$2" ]
}

release() {
	[ -e "$holders" ] || return 0
	while read -r pid; do
		kill -KILL "$pid"
		wait_until 5 'a holder of an open file to end' has_ended "$pid"
	done <"$holders"
	rm "$holders"
}

verb=$1
shift
case $verb in
start)
	cache_start "$1" || {
		show "$cache_log" 'cachefilesd said' >&2
		exit 1
	}
	;;
mount)
	mkdir -p "$mountpoint"
	mount -t 9p -o "trans=virtio,version=9p2000.L,cache=$2" "$1" "$mountpoint"
	;;
read)
	before_reads=$(cache_reads)
	before_writes=$(cache_writes)
	hash=$(sha256_all "$mountpoint")
	settle || exit
	echo "hash $hash"
	echo "cache_reads $(($(cache_reads) - before_reads))"
	echo "cache_writes $(($(cache_writes) - before_writes))"
	;;
hold)
	# A process with the file as its stdin, which it never reads.
	find "$mountpoint" -type f | while read -r file; do
		sleep 3600 <"$file" >/dev/null 2>&1 &
		echo $! >>"$holders"
		wait_until 10 "$file to be open" has_open $! "$file" >&2 || exit
	done
	;;
drop)
	echo "resident_before $(resident_pages "$mountpoint")"
	drop_pages "$mountpoint" >&2 || exit
	echo "resident_after $(resident_pages "$mountpoint")"
	;;
write)
	dd of="$mountpoint/$1" conv=notrunc,fsync bs=64k 2>/dev/null
	;;
umount)
	release
	unmount "$mountpoint" >&2 && wait_until 10 'the cookies of the mount to be given back' cookies_are_gone >&2 || exit
	cache_files
	echo "cache_files $cache_files"
	echo "cache_bytes $cache_bytes"
	;;
stop)
	release
	unmount "$mountpoint" && cache_stop && rmdir "$mountpoint"
	;;
*)
	echo "client.sh: no such verb: $verb" >&2
	exit 2
	;;
esac
