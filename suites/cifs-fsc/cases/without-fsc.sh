#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The control: the same steps on a mount without fsc. Every byte comes from the server twice and the cache is not touched.
. "$CRUCIBLE_LIB/cifs.sh"

cifs_begin
plan 4

cifs_mount
measure cold sha256_all "$cifs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
cifs_umount

cifs_mount
measure warm sha256_all "$cifs_mountpoint"
check 'second read gives the content of the server' [ "$warm_out" = "$server_hash" ]
check 'second read asks the server for every byte again' [ "$warm_server_bytes" -ge "$file_bytes" ]
check 'the cache is neither read nor written' [ "$((cold_cache_reads + cold_cache_writes + warm_cache_reads + warm_cache_writes))" -eq 0 ]
evidence file_bytes "$file_bytes"
evidence cold_server_read_bytes "$cold_server_bytes"
evidence warm_server_read_bytes "$warm_server_bytes"
