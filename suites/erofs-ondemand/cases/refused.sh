#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# What cannot be served is refused, and refusing does no harm: an image that is not there, and a second mount of one image.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 9
tree_make source 65536
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack tree.erofs source

cannot() {
	! "$@" 2>>refusals
}

check 'without a daemon there is nothing to mount' cannot erofs_mount tree.erofs early
must 'the daemon binds the cache' ondemand_start
check 'an image the daemon does not have is refused' cannot erofs_mount absent.erofs absent
evidence refused "$(ondemand_get refused absent.erofs)"
must 'the image mounts' erofs_mount tree.erofs mnt
check 'the same image is refused a second mount' cannot erofs_mount tree.erofs second
evidence opens "$(ondemand_get opens tree.erofs)"
check 'the first mount has its content' same_tree expected mnt
evidence reads "$(ondemand_get reads tree.erofs)"
check 'unmount closes the object' erofs_unmount mnt 1
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
check 'the daemon ends' ondemand_stop
