#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Only what is read is asked for: one page in the middle of a large file, then a file that is mostly zeroes.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 8
mkdir -p source
head -c 4194304 /dev/urandom >source/big
# 64 KiB of data in the middle of a file, and nothing else.
truncate -s 4194304 source/sparse
head -c 65536 /dev/urandom >block
dd if=block of=source/sparse bs=4096 seek=512 conv=notrunc 2>/dev/null
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
# In chunks, because equal chunks (all that is zero) are stored once; the data goes to a blob of its own.
erofs_pack tree.erofs source --chunksize=65536 --blobdev="$ondemand_images/data.blob"
evidence blob_bytes "$(stat -c %s images/data.blob)"
evidence big_bytes 4194304

# page FILE: the 512th page of it.
page() {
	dd if="$1" bs=4096 skip=512 count=1 2>/dev/null
}
same_page() {
	page source/big >expected-page
	page mnt/big | cmp -s - expected-page
}
same_sparse() {
	cmp -s source/sparse mnt/sparse
}

must 'the daemon binds the cache' ondemand_start
must 'the image mounts' erofs_mount tree.erofs mnt device=data.blob
mount_bytes=$(ondemand_get read_bytes)
check 'one page of the large file has its content' same_page
page_bytes=$(ondemand_get read_bytes)
evidence page_read_bytes $((page_bytes - mount_bytes))
check 'the sparse file has its content' same_sparse
sparse_bytes=$(ondemand_get read_bytes)
evidence sparse_read_bytes $((sparse_bytes - page_bytes))
check 'then every file has its content' same_tree expected mnt
evidence all_read_bytes "$(ondemand_get read_bytes)"
check 'unmount closes both objects' erofs_unmount mnt 2
evidence cache_bytes "$(ondemand_cache_bytes)"
check 'what was fetched is what the cache holds' [ "$(ondemand_cache_bytes)" = "$(ondemand_get read_bytes)" ]
check 'the daemon ends' ondemand_stop
