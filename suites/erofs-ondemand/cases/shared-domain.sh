#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Two images that keep their data in one blob, mounted in one domain: the data is fetched for the first and found by the second.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 12
tree_make source 2097152
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
# Names of blobs are cookie keys, as fsid is. Both images have the same content and so the same blob.
erofs_pack one.erofs source --chunksize=4096 --blobdev="$ondemand_images/data.blob"
erofs_pack two.erofs source --chunksize=4096 --blobdev="$ondemand_images/data.blob"
evidence blob_bytes "$(stat -c %s images/data.blob)"

must 'the daemon binds the cache' ondemand_start
must 'the first image mounts' erofs_mount one.erofs one domain_id=crucible,device=data.blob
must 'the second image mounts beside it' erofs_mount two.erofs two domain_id=crucible,device=data.blob
check 'first: every file has its content' same_tree expected one
first_reads=$(ondemand_get reads data.blob)
evidence first_blob_reads "$first_reads"
check 'second: every file has its content' same_tree expected two
second_reads=$(($(ondemand_get reads data.blob) - first_reads))
check 'second: the daemon was asked for nothing of the blob' [ "$second_reads" -eq 0 ]
evidence second_blob_reads "$second_reads"
evidence second_own_reads "$(ondemand_get reads two.erofs)"
evidence blob_opens "$(ondemand_get opens data.blob)"
check 'the first image unmounts' erofs_unmount one
check 'it alone is closed' ondemand_wait closes 1 one.erofs
evidence blob_closes_with_one_left "$(ondemand_get closes data.blob)"
check 'the second still has its content' same_tree expected two
check 'the second image unmounts' erofs_unmount two 3
evidence blob_closes "$(ondemand_get closes data.blob)"
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
check 'the daemon ends' ondemand_stop
