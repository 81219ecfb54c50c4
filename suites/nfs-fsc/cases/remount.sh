#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A cold read fills the cache; after a remount the same bytes come from it and the server serves no READ.
. "$CRUCIBLE_LIB/nfs.sh"

plan 5
nfs_begin "$1"

nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
check 'unmounting gives every cookie back' nfs_umount
cache_files

nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint"
check 'warm read gives the content of the server' [ "$warm_out" = "$server_hash" ]
check 'warm read is served without a READ on the server' [ "$warm_server_reads" -eq 0 ]
check 'warm read is served by the cache' [ "$warm_cache_reads" -gt 0 ]

evidence file_bytes "$file_bytes"
evidence cold_server_read_bytes "$cold_server_bytes"
evidence cold_cache_writes "$cold_cache_writes"
evidence cache_files "$cache_files"
evidence cache_bytes "$cache_bytes"
evidence warm_cache_reads "$warm_cache_reads"
evidence warm_server_read_bytes "$warm_server_bytes"
