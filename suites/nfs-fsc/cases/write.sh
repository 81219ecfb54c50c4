#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A cached file is written through the mount: server, client and cache agree on the new content afterwards. Opening for writing
# takes the file out of the cache, so no byte of the old content may come back.
. "$CRUCIBLE_LIB/nfs.sh"

# change DIRECTORY: in the middle of a file and over a page boundary, where the size stays; another grows by whole pages.
change() {
	seeded "$((CRUCIBLE_SEED + 3))" 10000 | dd of="$1/large" bs=1000 seek=1001 conv=notrunc,fsync 2>/dev/null &&
		seeded "$((CRUCIBLE_SEED + 4))" 69632 >>"$1/small"
}

plan 7
nfs_begin "$1"
cp -r "$nfsd_export" reference
change reference || give_up 'the reference was not made'

nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]

invalidations=$(fscache_stat n Invals)
check 'two files are changed' change "$nfs_mountpoint"
invalidations=$(($(fscache_stat n Invals) - invalidations))
written_hash=$(sha256_all reference)
check 'the server has what the same makes of a copy' [ "$(sha256_all "$nfsd_export")" = "$written_hash" ]

drop_pages "$nfs_mountpoint" || give_up 'the page cache could not be dropped'
measure back sha256_all "$nfs_mountpoint"
check 'read back under the mount gives the new content' [ "$back_out" = "$written_hash" ]
nfs_umount

nfs_mount fsc
measure fresh sha256_all "$nfs_mountpoint"
check 'read back after a remount gives the new content' [ "$fresh_out" = "$written_hash" ]
nfs_umount

nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint"
check 'the new content, once cached, is read back the same' [ "$warm_out" = "$written_hash" ]
check 'the new content is served without a READ on the server' [ "$warm_server_reads" -eq 0 ]

evidence invalidations "$invalidations"
evidence warm_cache_reads "$warm_cache_reads"
