#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Files that do not end at a page boundary: the content is right, cold and warm, and of the warm read at most the last partial
# pages come from the server.
. "$CRUCIBLE_LIB/nfs.sh"

plan 4
nfs_sizes='large=1048699 page_and_more=4999 tiny=123'
tail_bytes=$((123 + 903 + 123))
nfs_begin "$1"

nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
nfs_umount

nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint"
check 'warm read gives the content of the server' [ "$warm_out" = "$server_hash" ]
check 'no whole page comes from the server' [ "$warm_server_bytes" -le "$tail_bytes" ]
check 'warm read is served by the cache' [ "$warm_cache_reads" -gt 0 ]

evidence file_bytes "$file_bytes"
evidence tail_bytes "$tail_bytes"
evidence cold_server_read_bytes "$cold_server_bytes"
evidence warm_cache_reads "$warm_cache_reads"
evidence warm_server_read_bytes "$warm_server_bytes"
