#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The copy of a file to the cache stalls for longer than a cookie without users is kept: the cookie stays for as long as it is accessed.
. "$CRUCIBLE_LIB/cache-stack.sh"

# More than is read ahead.
sizes='large=2097152 small=4096'

expired() {
	[ "$(fscache_stat exp LRU)" -gt "$expired_before" ]
}

plan 7
begin
client_mount fscache
# The file in the cache is made while the disk is well: who opens a file waits for that.
exec 3<$mountpoint/large
at_exit 'exec 3<&-'
dd bs=4096 count=1 <&3 >seen 2>/dev/null
check 'the beginning of the file is read and copied' settle
expired_before=$(fscache_stat exp LRU)
fault_arm stall || give_up 'the disk could not be suspended'
cat <&3 >>seen
check 'the file has the content of the server' [ "$(sha256 seen)" = "$(seeded "$CRUCIBLE_SEED" 2097152 | sha256sum | cut -d ' ' -f 1)" ]
exec 3<&-
sync &
check 'the copy to the cache stalls' wait_until 10 'a request to the disk' fault_has_fired stall
check 'the cookie becomes too old meanwhile' wait_until 30 'a cookie to expire' expired
evidence expired $(($(fscache_stat exp LRU) - expired_before))
fault_disarm stall
wait $!
check 'the copy ends' wait_until 10 'netfs requests to end' netfs_is_idle
client_umount
check_cache_works
