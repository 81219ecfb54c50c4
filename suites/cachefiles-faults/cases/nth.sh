#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The guest's half of nth-mount.ts and nth-read.ts, one verb per call; state lives in the kernel, in the working directory and on the disk.
#
# nth.sh begin       the cache is active and has the files that are on the server; prints `hash`, of file `medium`, or `lacks`
# nth.sh mount N     a mount whose Nth allocation fails; prints `fired`, `errno` and `site`, and `hash` where there is a mount all the same
# nth.sh read N      the same of an open and read of a cached file, in a mount that is sound; `hash` is of what was read
# nth.sh sound       a mount and a read in which nothing fails; prints `hash` and `cache_reads`
# nth.sh end         leaves nothing behind
. "$CRUCIBLE_LIB/cache-stack.sh"

options=trans=virtio,version=9p2000.L,cache=fscache

verb=$1
nth=${2:-0}
case $verb in
begin)
	mkdir -p $mountpoint
	why=$(alloc_nth netfs fscache cachefiles 9pnet 9pnet_virtio 9p) && [ -e /proc/self/fail-nth ] || {
		echo "lacks ${why:-/proc/self/fail-nth}"
		exit 0
	}
	cache_start "$CRUCIBLE_DISK_CACHE" >&2 || exit
	client_mount none
	seeded "$CRUCIBLE_SEED" 65536 >$mountpoint/medium
	client_umount >&2
	client_mount fscache
	echo "hash $(sha256 $mountpoint/medium)"
	settle >&2
	client_umount >&2
	;;
mount)
	dmesg -c >/dev/null
	failnth "$nth" mount export $mountpoint 9p $options
	echo "site $(alloc_site)"
	if is_mounted $mountpoint; then
		echo "hash $(sha256 $mountpoint/medium)"
		client_umount >&2
	fi
	;;
read)
	client_mount fscache
	dmesg -c >/dev/null
	failnth "$nth" read $mountpoint/medium copy
	echo "site $(alloc_site)"
	echo "hash $(sha256 copy)"
	client_umount >&2
	;;
sound)
	client_mount fscache
	before=$(cache_reads)
	echo "hash $(sha256 $mountpoint/medium)"
	settle >&2
	echo "cache_reads $(($(cache_reads) - before))"
	client_umount >&2
	;;
end)
	alloc_nth_end
	client_umount >&2 && cache_stop >&2 && rmdir $mountpoint
	;;
esac
