#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lru-churn.sh VERSION ROUNDS: files are used, left alone until their cookies expire and used again, over and over, while one is held
# open all the time. Its cookie never expires; the others come back each time with what they had cached.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/holder.sh"

expired() {
	[ "$(fscache_stat exp LRU)" -ge "$1" ]
}

plan 4
nfs_sizes='held=262144 one=65536 two=65536 three=4096'
nfs_begin "$1"
nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
holder_start "$nfs_mountpoint/held"
holder_does read 0 4096 start || give_up 'the file is not open'
before=$(fscache_stat exp LRU)
round=0 right=0 quiet=0 reads=0
while [ $round -lt "$2" ]; do
	round=$((round + 1))
	wait_until 40 "cookies to expire for the ${round}th time" expired $((before + 3 * round)) || break
	drop_pages "$nfs_mountpoint" || break
	measure warm sha256_all "$nfs_mountpoint"
	[ "$warm_out" != "$server_hash" ] || right=$((right + 1))
	[ "$warm_server_reads" -ne 0 ] || quiet=$((quiet + 1))
	reads=$((reads + warm_cache_reads))
done
expired=$(($(fscache_stat exp LRU) - before))
check 'each round gives the content of the server' [ $right -eq "$2" ]
check 'each round is served without a READ on the server' [ $quiet -eq "$2" ]
check 'the file in use never expires' [ "$expired" -eq $((3 * $2)) ]
evidence expired "$expired"
evidence warm_cache_reads "$reads"
