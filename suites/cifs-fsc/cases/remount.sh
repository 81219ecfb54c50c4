#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A cold read fills the cache; after a remount the same bytes come from it, and pages that came from the cache can be dropped like
# any others. Known bug 70 (c6f62f81b488) kept a reference to each of them.
. "$CRUCIBLE_LIB/cifs.sh"

cifs_begin
plan 6

cifs_mount fsc
measure cold sha256_all "$cifs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
check 'unmounting gives every cookie back' cifs_umount
cache_files

# Without an oplock, which ksmbd need not give, a strict mount drops the pages of a file that is closed.
cifs_mount fsc,cache=loose
measure warm sha256_all "$cifs_mountpoint"
check 'warm read gives the content of the server' [ "$warm_out" = "$server_hash" ]
check 'warm read is served without a READ on the server' [ "$warm_server_reads" -eq 0 ]
check 'warm read is served by the cache' [ "$warm_cache_reads" -gt 0 ]
resident_before=$(resident_pages "$cifs_mountpoint")
check 'pages read from the cache leave the page cache' drop_pages "$cifs_mountpoint"

evidence file_bytes "$file_bytes"
evidence cold_server_read_bytes "$cold_server_bytes"
evidence cold_cache_writes "$cold_cache_writes"
evidence cache_files "$cache_files"
evidence warm_cache_reads "$warm_cache_reads"
evidence warm_server_read_bytes "$warm_server_bytes"
evidence resident_pages "$resident_before"
