#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The copy of a file to the cache stalls for longer than a cookie without users is kept: the cookie stays for as long as it is accessed.
. "$CRUCIBLE_LIB/cache-stack.sh"

expired() {
	[ "$(fscache_stat exp LRU)" -gt "$expired_before" ]
}

plan 6
begin
client_mount fscache
expired_before=$(fscache_stat exp LRU)
fault_arm stall || give_up 'the disk could not be suspended'
check 'the cold read gives the content of the server' [ "$(sha256_all $mountpoint)" = "$server_hash" ]
sync &
check 'the copy to the cache stalls' wait_until 10 'a request to the disk' fault_has_fired stall
check 'the cookies become too old meanwhile' wait_until 30 'a cookie to expire' expired
evidence expired $(($(fscache_stat exp LRU) - expired_before))
fault_disarm stall
wait $!
check 'the copy ends' wait_until 10 'netfs requests to end' netfs_is_idle
client_umount
check_cache_works
