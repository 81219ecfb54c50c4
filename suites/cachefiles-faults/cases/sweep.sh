#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The guest's half of sweep.ts, one verb per call; state lives in the kernel, in /run/sweep and on the disk.
#
# sweep.sh begin     the cache's disk is mounted, and the files are on the server; prints `hash`
# sweep.sh round     with the fault armed: cache, mount, read, unmount, all anew; prints `hash`, `failed` and `site`
# sweep.sh anew      the cache is empty but for its folders
# sweep.sh end       leaves nothing behind
. "$CRUCIBLE_LIB/cache-stack.sh"

# Where an earlier call has put it.
fault_device=/dev/mapper/cache
case $1 in
begin)
	mkdir -p $mountpoint
	fault_disk cache && cache_start "$fault_device" >&2 || exit
	client_mount none
	for file in $sizes; do
		seeded "$CRUCIBLE_SEED" "${file#*=}" >"$mountpoint/${file%=*}"
	done
	echo "hash $(sha256_all $mountpoint)"
	client_umount >&2
	;;
round)
	dmesg -c >/dev/null
	client_mount fscache
	read_all round >&2
	client_umount >&2 || exit
	echo "hash $round_hash"
	echo "writes $round_cache_writes"
	echo "site $(alloc_site)"
	;;
anew)
	# The folders stay, so that the next round allocates for its objects and not for them.
	find "$cache_mount/fscache/cache" -type f -exec rm {} +
	restart >&2
	;;
end)
	client_umount && cache_stop && fault_disk_end cache && rmdir $mountpoint
	;;
esac
