#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The control: the same steps with the cache running but a mount without fsc. Every read goes to the server and none to the
# cache, which proves that the counters the other cases trust can tell the two apart.
. "$CRUCIBLE_LIB/nfs.sh"

plan 5
nfs_begin "$1"

nfs_mount
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
nfs_umount

nfs_mount
measure warm sha256_all "$nfs_mountpoint"
check 'second read gives the content of the server' [ "$warm_out" = "$server_hash" ]
check 'second read asks the server for every byte again' [ "$warm_server_bytes" -ge "$file_bytes" ]
check 'the cache is neither read nor written' [ "$((cold_cache_reads + cold_cache_writes + warm_cache_reads + warm_cache_writes))" -eq 0 ]
check 'the cache holds no file' [ "$(cache_file_count)" -eq 0 ]

evidence file_bytes "$file_bytes"
evidence cold_server_read_bytes "$cold_server_bytes"
evidence warm_server_read_bytes "$warm_server_bytes"
