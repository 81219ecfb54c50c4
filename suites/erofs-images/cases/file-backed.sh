#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The control of all of this: the same image mounted from a file, without a cache and without a daemon.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

zcat /proc/config.gz | grep -q '^CONFIG_EROFS_FS_BACKED_BY_FILE=y' || skip_case 'this kernel has no file-backed erofs'
plan 9
tree_make source 1048576
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack plain.erofs source
erofs_pack blob.erofs source --chunksize=4096 --blobdev="$ondemand_images/blob.blob"
# On a file system with a backing device of its own: tmpfs has no read_folio.
cp images/plain.erofs images/blob.erofs images/blob.blob cache/
mkdir mnt

# from_file IMAGE OPTIONS: mounted so, every file has its content.
from_file() {
	mount-file "cache/$1" mnt "$2" || return 1
	same_tree expected mnt
	from_file_status=$?
	umount mnt
	return $from_file_status
}

cannot_mount() {
	! mount-file "cache/$1" mnt "$2" 2>>refusals || {
		umount mnt
		return 1
	}
}

check 'from a file every file has its content' from_file plain.erofs ''
check 'by direct I/O too' from_file plain.erofs directio
check 'and with a blob in another file' from_file blob.erofs "device=$PWD/cache/blob.blob"
check 'a blob that is not there is refused' cannot_mount blob.erofs "device=$PWD/cache/absent"
check 'so is a file that is no image' cannot_mount blob.blob ''
check 'and a folder' cannot_mount . ''
at_exit 'leave mnt'
must 'the image mounts once more' mount-file cache/plain.erofs mnt ''
evidence mounts_from_file "$(awk -v mnt="$PWD/mnt" '$2 == mnt && $1 !~ "^/dev/"' /proc/mounts | wc -l)"
rm cache/plain.erofs
echo 3 >/proc/sys/vm/drop_caches
check 'its file without a name, every file has its content' same_tree expected mnt
umount mnt
check 'no cookie was made for any of this' [ "$(fscache_stat n Acquire)" = 0 ]
evidence file_bytes "$(tree_bytes source)"
