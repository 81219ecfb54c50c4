#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The same through page faults: files are read cold and warm from shared mappings.
. "$CRUCIBLE_LIB/nfs.sh"

plan 4
nfs_begin "$1"

nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint" sha256_mapped
check 'cold faults give the content of the server' [ "$cold_out" = "$server_hash" ]
nfs_umount

nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint" sha256_mapped
check 'warm faults give the content of the server' [ "$warm_out" = "$server_hash" ]
check 'warm faults are served without a READ on the server' [ "$warm_server_reads" -eq 0 ]
check 'warm faults are served by the cache' [ "$warm_cache_reads" -gt 0 ]

evidence file_bytes "$file_bytes"
evidence cold_server_read_bytes "$cold_server_bytes"
evidence cold_cache_writes "$cold_cache_writes"
evidence warm_cache_reads "$warm_cache_reads"
evidence warm_server_read_bytes "$warm_server_bytes"
