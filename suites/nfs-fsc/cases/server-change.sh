#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Files change on the server: once while the client has them mounted and cached, once while nobody does. What is read next is
# always what the server holds; sizes stay the same, so that only attributes can tell.
. "$CRUCIBLE_LIB/nfs.sh"

plan 6
nfs_begin "$1"

# rewrite SEED: new content of the same size; opening for writing breaks a delegation the client may hold.
rewrite() {
	seeded "$1" 3145728 >"$nfsd_export/large"
	server_hash=$(sha256_all "$nfsd_export")
}

nfs_mount fsc
measure first sha256_all "$nfs_mountpoint"
check 'first read gives the content of the server' [ "$first_out" = "$server_hash" ]

rewrite "$((CRUCIBLE_SEED + 10))"
measure mounted sha256_all "$nfs_mountpoint"
check 'a change under the mount is seen at the next open' [ "$mounted_out" = "$server_hash" ]
check 'the changed file comes from the server' [ "$mounted_server_bytes" -ge 3145728 ]
nfs_umount

rewrite "$((CRUCIBLE_SEED + 20))"
nfs_mount fsc
measure remounted sha256_all "$nfs_mountpoint"
check 'a change between mounts is seen, the cached file is not served' [ "$remounted_out" = "$server_hash" ]
check 'the files that did not change come from the cache' [ "$remounted_server_bytes" -lt "$file_bytes" ]
nfs_umount

nfs_mount fsc
measure again sha256_all "$nfs_mountpoint"
check 'the new content is cached in turn' [ "$again_out $again_server_reads" = "$server_hash 0" ]

evidence first_cache_writes "$first_cache_writes"
evidence remounted_cache_reads "$remounted_cache_reads"
evidence remounted_server_read_bytes "$remounted_server_bytes"
evidence again_cache_reads "$again_cache_reads"
