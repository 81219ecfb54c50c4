#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Images that cannot be mounted, damaged, cut, of another kind or refused by the daemon, and some that cannot be read. Each is given back at once, and
# the next good one mounts.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 24
tree_make source 65536
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack good.erofs source --chunksize=4096 --blobdev="$ondemand_images/good.blob"

# damaged NAME OFFSET BYTES [SIZE]: the image with BYTES (printf) at OFFSET, cut to SIZE.
damaged() {
	cp images/good.erofs "images/$1.erofs"
	printf "$3" | dd of="images/$1.erofs" bs=1 seek="$2" conv=notrunc 2>/dev/null
	[ -z "${4:-}" ] || truncate -s "$4" "images/$1.erofs"
}

# refused NAME [OPTIONS]: the mount fails, and nothing is left of it.
refused=0
refused() {
	! erofs_mount "$1.erofs" "mnt" "${2-device=good.blob}" 2>>refusals || {
		umount mnt
		return 1
	}
	refused=$((refused + 1))
	wait_until 5 'cookies and volumes to go' cookies_are_gone
}

# unreadable DEVICE: the mount asks nothing of the blob; the first read does, and fails.
unreadable() {
	erofs_mount good.erofs mnt "device=$1" || return 1
	! cat mnt/big >/dev/null 2>>refusals
	unreadable_status=$?
	umount mnt
	[ $unreadable_status = 0 ] && wait_until 5 'cookies and volumes to go' cookies_are_gone
}

# Without its checksum, so that the field itself is looked at: feature_compat, bit 0, at 1032.
erofs_pack plain.erofs source --chunksize=4096 --blobdev="$ondemand_images/good.blob"
printf '\000' | dd of=images/good.erofs bs=1 seek=1032 conv=notrunc 2>/dev/null
damaged magic 1024 '\000\000\000\000'
damaged blocks-512 1036 '\011'
damaged blocks-64k 1036 '\020'
damaged directory-blocks 1114 '\001'
damaged feature 1104 '\000\000\000\200'
damaged extra-slots 1037 '\377'
damaged devices 1110 '\002\000'
damaged device-table 1112 '\377\377'
damaged root 1038 '\377\177'
damaged cut 0 '\000' 1024
damaged empty 0 '\000' 0
cp images/plain.erofs images/checksum.erofs
printf 'x' | dd of=images/checksum.erofs bs=1 seek=1088 conv=notrunc 2>/dev/null
head -c 65536 /dev/urandom >images/random.erofs
head -c 65536 /dev/zero >images/zeroes.erofs

must 'the daemon binds the cache' ondemand_start
for name in magic checksum blocks-512 blocks-64k directory-blocks feature extra-slots devices root cut empty random zeroes; do
	check "refused: $name" refused $name
done
check 'unreadable: an image without the blob it needs' unreadable absent.blob
check 'refused: a device table that is not there' refused device-table ''
check 'refused: one blob too many' refused good device=good.blob,device=good.blob
check 'refused: an image that the daemon does not have' refused absent
ondemand_ctl order before-open key=good.erofs refuse >/dev/null
check 'refused: an image that the daemon will not open' refused good
ondemand_ctl order before-open key=good.blob refuse >/dev/null
check 'unreadable: a blob that it will not open' unreadable good.blob
evidence refused $refused
must 'the good image mounts after all that' erofs_mount good.erofs mnt device=good.blob
check 'every file has its content' same_tree expected mnt
umount mnt
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
check 'the daemon ends' ondemand_stop
