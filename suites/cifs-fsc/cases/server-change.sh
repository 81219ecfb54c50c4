#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A file changes on the server while nobody has the share mounted: its cache file is not served any more, those of the others are.
. "$CRUCIBLE_LIB/cifs.sh"

cifs_begin
plan 5

cifs_mount fsc
measure cold sha256_all "$cifs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
cifs_umount

seeded "$((CRUCIBLE_SEED + 10))" 131072 >"$smbd_export/medium"
changed_hash=$(sha256_all "$smbd_export")
cifs_mount fsc
measure fresh sha256_all "$cifs_mountpoint"
check 'the changed file is read fresh' [ "$fresh_out" = "$changed_hash" ]
check 'its bytes come from the server, those of the others do not' [ "$fresh_server_bytes" -ge 131072 -a "$fresh_server_bytes" -lt 524288 ]
cifs_umount

cifs_mount fsc
measure warm sha256_all "$cifs_mountpoint"
check 'the new content is cached in turn' [ "$warm_out $warm_server_reads" = "$changed_hash 0" ]
check 'it comes from the cache' [ "$warm_cache_reads" -gt 0 ]
evidence cold_cache_writes "$cold_cache_writes"
evidence fresh_server_read_bytes "$fresh_server_bytes"
evidence warm_cache_reads "$warm_cache_reads"
