#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# jfs has everything that a cache needs, but no files without a name: binding is refused, not the first object.
. "${0%/*}/bind.sh"

make_jfs() {
	mkfs.jfs -q "$CRUCIBLE_DISK_PLAIN" >mkfs.log
}

grep -qw jfs /proc/filesystems || skip_case 'the kernel has no jfs'
plan 3
check 'a file system is made' make_jfs
cache_disk "$CRUCIBLE_DISK_PLAIN" jfs
setfattr -n user.test -v value "$cache_dir" || give_up 'jfs without extended attributes'
device_open
device dir "$cache_dir"
check 'a file system without unnamed files is refused' refuses 'not supported' bind
device_close
check 'and nothing is left of the cache' wait_until 5 'the refused cache to be gone' cache_is_gone
evidence backing "$(awk -v at="$cache_mount" '$2 == at { print $3 }' /proc/mounts)"
