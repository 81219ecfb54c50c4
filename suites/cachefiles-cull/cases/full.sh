#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The disk becomes full, and nobody culls: what is there can be read, nothing new is taken; with space again, it is.
. "${0%/*}/cull.sh"

# The rest of the disk but so many per cent
fill_to() {
	rm -f "$cache_mount/filler"
	fallocate -l "$(stat -f -c '%a %b %S' "$cache_mount" | awk -v left="$1" '{ printf "%d", ($1 - $2 * left / 100) * $3 }')" "$cache_mount/filler"
}

# is_culling 0|1: what the daemon reads
is_culling() {
	device_says
	case $said in cull=$1*) ;; *) return 1 ;; esac
}

plan 17
cache_disk "$CRUCIBLE_DISK_SMALL"
device_open
for limit in 'brun 60%' 'bcull 40%' 'bstop 20%'; do
	device "$limit" || give_up "$limit"
done
device dir "$cache_dir" && device tag "$cache_tag" && device bind || give_up 'the cache is not bound'
netless_load
must_call acquire-volume v netless,full
file_begin c v file aux1 65536
file_write c 0 32768 1
check 'there is space, and nothing to cull' is_culling 0
fill_to 30
check 'below one limit the daemon is to cull' is_culling 1
must_call begin op c write
check 'and space is still given' says 'ok 32768 32768' prepare-write op 32768 32768 65536 fresh
fill_to 10
writes=$(fscache_stat nwr)
creates=$(fscache_stat ncr)
check 'below the next there is none for what is new' says -ENOBUFS prepare-write op 32768 32768 65536 fresh
check 'nor for a hole' says -ENOBUFS prepare-write op 32768 4096 65536
check 'but for what has its space' says 'ok 0 4096' prepare-write op 0 4096 65536
check 'refused writes are counted' [ $(($(fscache_stat nwr) - writes)) = 2 ]
must_call end op
check 'what is there is read' reads 'ok 32768 1:32768,' c 0 32768 fail
must_call acquire-cookie new v new aux1 16384
must_call use new
check 'a new object is not made' becomes new state=quiescent active=1
check 'which is counted' [ "$(fscache_stat ncr)" -gt "$creates" ]
must_call acquire-volume other netless,other
must_call acquire-cookie in-other other file aux1 16384
must_call use in-other
check 'nor a new volume' becomes in-other state=quiescent active=1
evidence refused_writes $(($(fscache_stat nwr) - writes))
evidence refused_objects $(($(fscache_stat ncr) - creates))

fill_to 50
check 'between the limits it goes on culling' is_culling 1
rm "$cache_mount/filler"
check 'with space again it does not' is_culling 0
must_call use new
check 'the new object is made' becomes new state=active
file_write new 0 16384 2
check 'and written' reads 'ok 16384 2:16384,' new 0 16384 fail
must_call use in-other
check 'and the new volume' becomes in-other state=active
for cookie in new in-other; do
	must_call unuse $cookie
	must_call unuse $cookie
	must_call relinquish $cookie
done
file_end c
check 'nothing was lost' [ "$(cache_file_count)" = 3 ]
must_call relinquish-volume v
must_call relinquish-volume other
wait_until 5 'the volumes to be given back' cookies_are_gone
device_close
