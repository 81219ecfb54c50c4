#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A file stays open while its pages leave the page cache; read again, it comes from the cache: the cookie has noticed that it
# holds data now. Known bug 45 (b4fa966f03b7) made such reads go to the server.
. "$CRUCIBLE_LIB/nfs.sh"

plan 4
nfs_begin "$1"

nfs_mount fsc
exec 3<"$nfs_mountpoint/large" 4<"$nfs_mountpoint/medium" 5<"$nfs_mountpoint/small"
at_exit 'exec 3<&- 4<&- 5<&-'
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
resident_before=$(resident_pages "$nfs_mountpoint")
drop_pages "$nfs_mountpoint" || give_up 'the page cache could not be dropped'
resident_after=$(resident_pages "$nfs_mountpoint")

measure warm sha256_all "$nfs_mountpoint"
check 'warm read gives the content of the server' [ "$warm_out" = "$server_hash" ]
check 'warm read is served without a READ on the server' [ "$warm_server_reads" -eq 0 ]
check 'warm read is served by the cache' [ "$warm_cache_reads" -gt 0 ]

evidence file_bytes "$file_bytes"
evidence cold_server_read_bytes "$cold_server_bytes"
evidence cold_cache_writes "$cold_cache_writes"
evidence resident_pages_before "$resident_before"
evidence resident_pages_after "$resident_after"
evidence warm_cache_reads "$warm_cache_reads"
evidence warm_server_read_bytes "$warm_server_bytes"
