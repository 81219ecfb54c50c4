#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# layouts.sh LAYOUT...: each layout of an image, read cold, warm, and from a block device, which is the control.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan $((3 + 6 * $#))
tree_make source 262144
truncate -s 1048576 source/sparse
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
ondemand_chunks
evidence file_bytes "$(tree_bytes source)"

# options_of LAYOUT: of mkfs.erofs.
options_of() {
	case $1 in
	plain) echo -Enoinline_data ;;
	inline) ;;
	compact) echo -Eforce-inode-compact ;;
	extended) echo -Eforce-inode-extended ;;
	chunks-4k) echo --chunksize=4096 ;;
	chunks-64k) echo --chunksize=65536 ;;
	blob) echo "--chunksize=4096 --blobdev=$ondemand_images/blob.blob" ;;
	esac
}

mount_options() {
	[ "$1" != blob ] || echo device=blob.blob
}

# The same image without fscache, its blob as a block device too.
control() {
	image=$(losetup -f)
	losetup -r "$image" "$ondemand_images/$1.erofs" || return 1
	control_options=ro
	if [ "$1" = blob ]; then
		blob=$(losetup -f)
		losetup -r "$blob" "$ondemand_images/blob.blob" || return 1
		control_options=ro,device=$blob
	fi
	mkdir -p control
	mount -t erofs -o "$control_options" "$image" control && same_tree expected control
	control_status=$?
	umount control
	losetup -d "$image"
	[ "$1" != blob ] || losetup -d "$blob"
	return $control_status
}

for layout; do
	# shellcheck disable=SC2046 # words on purpose
	erofs_pack "$layout.erofs" source $(options_of "$layout")
done
must 'the daemon binds the cache' ondemand_start
layouts=0
for layout; do
	check "$layout: from a block device every file has its content" control "$layout"
	check "$layout: it mounts" erofs_mount "$layout.erofs" "$layout" "$(mount_options "$layout")"
	check "$layout: cold, every file has its content" same_tree expected "$layout"
	umount "$layout"
	reads=$(ondemand_get reads)
	check "$layout: it mounts again" erofs_mount "$layout.erofs" "$layout" "$(mount_options "$layout")"
	check "$layout: warm, every file has its content" same_tree expected "$layout"
	check "$layout: warm, the daemon is asked for nothing" [ "$(ondemand_get reads)" -eq "$reads" ]
	umount "$layout"
	layouts=$((layouts + 1))
done
evidence layouts $layouts
evidence cold_reads "$(ondemand_get reads)"
evidence cold_read_bytes "$(ondemand_get read_bytes)"
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
check 'the daemon ends' ondemand_stop
