#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A block device that another file system has, and one that holds no image: refused, and the erofs that never was leaves nothing.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 6
tree_make source 65536
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack tree.erofs source
mkdir mnt

refused() {
	! mount -t erofs -o ro "$1" mnt 2>refusal
}

check 'a device that ext4 has is refused' refused "$CRUCIBLE_DISK_CACHE"
check 'for it is busy' grep -q busy refusal
head -c 1048576 /dev/zero >nothing
block=$(losetup -f)
losetup "$block" nothing
check 'a device without an image is refused' refused "$block"
losetup -d "$block"
check 'so is one that is not there' refused /dev/absent
losetup -r "$block" images/tree.erofs
check 'an image on a device mounts' mount -t erofs -o ro "$block" mnt
check 'every file has its content' same_tree expected mnt
umount mnt
losetup -d "$block"
evidence file_bytes "$(tree_bytes source)"
