#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A block device that another file system has, and one that holds no image: refused, and the erofs that never was leaves nothing.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 5
tree_make source 65536
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack tree.erofs source
mkdir mnt

# refused DEVICE ERROR: the mount fails, with these words of mount.
refused() {
	! mount -t erofs -o ro "$1" mnt 2>refusal && grep -q -E "$2" refusal || {
		show refusal 'mount said'
		return 1
	}
}

check 'a device that ext4 has is refused, for it is busy' refused "$CRUCIBLE_DISK_CACHE" busy
head -c 1048576 /dev/zero >nothing
block=$(losetup -f)
losetup "$block" nothing || give_up 'no loop device'
check 'a device without an image is refused' refused "$block" 'Invalid argument|wrong fs type'
losetup -d "$block"
check 'so is one that is not there' refused /dev/absent 'No such file|does not exist'
losetup -r "$block" images/tree.erofs || give_up 'no loop device'
check 'an image on a device mounts' mount -t erofs -o ro "$block" mnt
check 'every file has its content' same_tree expected mnt
umount mnt
losetup -d "$block"
evidence file_bytes "$(tree_bytes source)"
