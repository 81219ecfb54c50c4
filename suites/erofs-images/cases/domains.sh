#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# One image in several domains: each has its own cache file of it, and within one an image is mounted once.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 15
tree_make source 262144
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack tree.erofs source --chunksize=4096 --blobdev="$ondemand_images/tree.blob"

cannot() {
	! "$@" 2>>refusals
}

must 'the daemon binds the cache' ondemand_start
must 'the image mounts in a domain' erofs_mount tree.erofs one domain_id=one,device=tree.blob
must 'in another' erofs_mount tree.erofs two domain_id=two,device=tree.blob
must 'and in none' erofs_mount tree.erofs none device=tree.blob
evidence opens "$(ondemand_get opens tree.erofs)"
check 'three volumes are in use' [ "$(fscache_rows volumes)" = 3 ]
check 'the first domain has it already' cannot erofs_mount tree.erofs again domain_id=one,device=tree.blob
evidence opens_after_refusal "$(ondemand_get opens tree.erofs)"
for where in one two none; do
	check "$where: every file has its content" same_tree expected $where
done
evidence blob_opens "$(ondemand_get opens tree.blob)"
umount two
check 'closed in one domain, two volumes are left' wait_until 5 'the volume to go' eval '[ "$(fscache_rows volumes)" = 2 ]'
check 'the first still has its content' same_tree expected one
umount one
check 'given back, the image can be mounted in that domain again' erofs_mount tree.erofs one domain_id=one,device=tree.blob
umount one
umount none
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
check 'three domains made three folders of cache files' [ "$(find cache/fscache/cache -mindepth 1 -maxdepth 1 -type d | wc -l)" = 3 ]
check 'the daemon ends' ondemand_stop
