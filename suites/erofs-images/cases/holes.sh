#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file whose zeroes are holes of the image: they are zeroes to read, ask for nothing, and leave the data beside them alone.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"

plan 12
mkdir source
# Data and holes in turn, 16 KiB each: several of both in one readahead window.
for piece in 0 1 2 3 4 5 6 7; do
	head -c 16384 /dev/urandom
	head -c 16384 /dev/zero
done >source/file
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack holes.erofs source --chunksize=4096 --blobdev="$ondemand_images/holes.blob"
holes=$(punch images/holes.erofs images/holes.blob)
evidence holes "$holes"

same_file() {
	cmp source/file "$1/file" >difference 2>&1 || {
		show difference 'cmp said'
		return 1
	}
}

image=$(losetup -f)
must 'the image is a block device' losetup -r "$image" images/holes.erofs
blob=$(losetup -f)
must 'and its blob' losetup -r "$blob" images/holes.blob
mkdir control
must 'which mount' mount -t erofs -o "ro,device=$blob" "$image" control
check 'from them the file has its content' same_file control
umount control
losetup -d "$image"
losetup -d "$blob"

# without_readahead: each page is a request of its own, for files that are opened from now on.
without_readahead() {
	for bdi in /sys/class/bdi/erofs-*; do
		echo 0 >"$bdi/read_ahead_kb" || return 1
	done
}

# zeroes_for_data: what is wrong is zero.
zeroes_for_data() {
	cmp -l source/file mnt/file 2>&1 | awk '$3 != 0 { wrong = 1 } END { exit wrong || NR == 0 }'
}

must 'the daemon binds the cache' ondemand_start
must 'the image mounts' erofs_mount holes.erofs mnt device=holes.blob
must 'readahead is off' without_readahead
check 'page by page, the file has its content' same_file mnt
evidence blob_reads "$(ondemand_get reads holes.blob)"
umount mnt
must 'it mounts again, with readahead' erofs_mount holes.erofs mnt device=holes.blob
check_known erofs-fscache-hole-zeroes-data zeroes_for_data 'in one sweep, the file has its content' same_file mnt
umount mnt
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
check 'the daemon ends' ondemand_stop
