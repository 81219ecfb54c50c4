#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Compressed files over fscache: read where the kernel can (6.6 and newer), refused where it cannot, and never wrong.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 9
# Text, so that something is compressed; and random bytes, which are not.
mkdir source
seq 1 60000 >source/text
head -c 20000 /dev/urandom >source/random
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack lz4.erofs source -zlz4hc -C65536
evidence file_bytes "$(tree_bytes source)"
evidence image_bytes "$(stat -c %s images/lz4.erofs)"

# can_read: the kernel has a bio for fscache, by which it reads what it decompresses.
can_read() {
	grep -q ' erofs_fscache_submit_bio' /proc/kallsyms
}

# A kernel that cannot says EOPNOTSUPP when a compressed file is looked up.
is_refused() {
	! cat mnt/text >/dev/null 2>refusal && grep -q 'not supported' refusal
}

block=$(losetup -f)
must 'the image is a block device' losetup -r "$block" "$ondemand_images/lz4.erofs"
mkdir control
must 'which mounts' mount -t erofs -o ro "$block" control
check 'from it every file has its content' same_tree expected control
umount control
losetup -d "$block"

must 'the daemon binds the cache' ondemand_start
must 'the image mounts' erofs_mount lz4.erofs mnt
if ! can_read; then
	check 'a compressed file is refused' is_refused
	check 'and again' is_refused
else
	check 'cold, every file has its content' same_tree expected mnt
	reads=$(ondemand_get reads)
	umount mnt
	erofs_mount lz4.erofs mnt
	check 'warm, every file has its content, and the daemon is asked for nothing' eval 'same_tree expected mnt && [ "$(ondemand_get reads)" -eq $reads ]'
fi
evidence reads "$(ondemand_get reads)"
evidence read_bytes "$(ondemand_get read_bytes)"
umount mnt
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
check 'the daemon ends' ondemand_stop
