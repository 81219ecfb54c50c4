#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Ten seconds after its last use fscache gives a cookie's backing object up; the next use looks it up again and reads from the cache.
. "$CRUCIBLE_LIB/nfs.sh"

expired() {
	[ "$(fscache_stat exp LRU)" -ge "$1" ]
}

plan 5
nfs_begin "$1"
nfs_mount fsc
before=$(fscache_stat exp LRU)
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
check 'a cookie of each file expires' wait_until 30 'three cookies to expire' expired $((before + 3))
evidence expired $(($(fscache_stat exp LRU) - before))

check 'the pages leave the page cache' drop_pages "$nfs_mountpoint"
measure warm sha256_all "$nfs_mountpoint"
check 'a read after the expiry gives the content of the server' [ "$warm_out" = "$server_hash" ]
check 'it is served without a READ on the server' [ "$warm_server_reads" -eq 0 ]
evidence cold_cache_writes "$cold_cache_writes"
evidence warm_cache_reads "$warm_cache_reads"
