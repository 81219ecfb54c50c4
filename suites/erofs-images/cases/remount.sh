#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# mount -o remount leaves an on-demand mount what it is, whatever it is told.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 11
tree_make source 262144
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack tree.erofs source
tree_make other 131072
erofs_pack other.erofs other

remount() {
	mount -i -o "remount,$1" mnt 2>>refusals
}
cannot_write() {
	! touch mnt/new 2>>refusals
}

must 'the daemon binds the cache' ondemand_start
must 'the image mounts' erofs_mount tree.erofs mnt
check 'remount read-only' remount ro
check 'with another fsid it does not change image' eval 'remount ro,fsid=other.erofs; same_tree expected mnt'
check 'nor with a domain' eval 'remount ro,domain_id=one; same_tree expected mnt'
evidence opens "$(ondemand_get opens)"
remount rw
check 'it cannot be written to, remounted for writing or not' cannot_write
check 'noacl and nouser_xattr are taken' remount ro,noacl,nouser_xattr
evidence other_opens "$(ondemand_get opens other.erofs)"
reads=$(ondemand_get reads)
evidence reads "$reads"
echo 3 >/proc/sys/vm/drop_caches
check 'with the page cache dropped every file has its content' same_tree expected mnt
check 'and the daemon is asked for nothing' [ "$(ondemand_get reads)" -eq "$reads" ]
umount mnt
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
check 'the daemon ends' ondemand_stop
