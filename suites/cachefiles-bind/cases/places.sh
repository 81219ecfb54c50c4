#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Places where no cache can be: binding is refused with the right error, and nothing is left of it.
. "${0%/*}/bind.sh"

# no_cache_at DIRECTORY ERROR
no_cache_at() {
	device_open
	device dir "$1"
	refuses "$2" bind
	no_cache=$?
	device_close
	[ $no_cache = 0 ] && wait_until 5 'the refused cache to be gone' cache_is_gone && refusals=$((refusals + 1))
}

plan 9
refusals=0
cache_disk "$CRUCIBLE_DISK_CACHE"
check 'a directory that is not there' no_cache_at "$cache_mount/missing" 'No such file'
: >"$cache_mount/file"
check 'a file' no_cache_at "$cache_mount/file" 'Not a directory'
check 'a tmpfs, which cannot be synced' no_cache_at /tmp 'not supported'
check 'a file system of the kernel itself' no_cache_at /proc 'not supported'
: >"$cache_dir/cache"
check 'a file where the objects are to be' no_cache_at "$cache_dir" 'Input/output error'
rm "$cache_dir/cache"
: >"$cache_dir/graveyard"
check 'a file where the dead are to be' no_cache_at "$cache_dir" 'Input/output error'
rm "$cache_dir/graveyard"
mount -t tmpfs other "$cache_dir"
check 'a directory over which something else is mounted' no_cache_at "$cache_dir" 'not supported'
umount "$cache_dir"

check 'after all that, the right one' device_bind "$cache_dir"
check 'is bound' cache_is_active
evidence refusals $refusals
device_close
