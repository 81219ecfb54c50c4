#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The guest's half of the scenarios, one verb per call; state lives in the kernel, in /run and on the disk.
#
# guest.sh start [kept]      the cache is active, on the disk as it is when `kept`; kept or not, what cachefilesd finds there is its own
# guest.sh mount             the share, with cache=fscache
# guest.sh mount-fails       succeeds when the share cannot be mounted
# guest.sh read              all files; prints `hash`, `cache_reads`, `cache_writes`, the copy to the cache included
# guest.sh read-each     each file by itself; prints its name and hash, or `EIO` where the read has an I/O error
# guest.sh read-on FILE      reads one file, and leaves the copy to the cache under way; prints `pending` when that has begun and not ended
# guest.sh umount            and waits until the cache has committed everything, to the disk; prints `cache_files`
# guest.sh stop              leaves nothing behind, whatever state the other verbs left
. "$CRUCIBLE_LIB/cache-stack.sh"

copy_has_begun() {
	[ "$(cache_writes)" -gt "$writes_before" ]
}

verb=$1
shift
case $verb in
start)
	mkdir -p $mountpoint
	cache_kept=${1:-} cache_start "$CRUCIBLE_DISK_CACHE" >&2 || {
		show "$cache_log" 'cachefilesd said' >&2
		exit 1
	}
	;;
mount) client_mount fscache ;;
mount-fails) ! mount -t 9p -o trans=virtio,version=9p2000.L export $mountpoint ;;
read)
	read_all now >&2
	echo "hash $now_hash"
	echo "cache_reads $now_cache_reads"
	echo "cache_writes $now_cache_writes"
	;;
read-each)
	for file in "$mountpoint"/*; do
		hash=$(sha256sum "$file" 2>&1)
		case $hash in
		*'Input/output error') echo "${file##*/} EIO" ;;
		*) echo "${file##*/} ${hash%% *}" ;;
		esac
	done
	;;
read-on)
	writes_before=$(cache_writes)
	cat "$mountpoint/$1" >/dev/null
	sync >/dev/null 2>&1 &
	wait_until 10 'the copy to the cache to begin' copy_has_begun >&2
	netfs_is_idle || echo 'pending 1'
	;;
umount)
	client_umount >&2 && sync || exit
	echo "cache_files $(cache_file_count)"
	;;
stop)
	client_umount >&2 && cache_stop >&2 && rmdir $mountpoint
	;;
esac
