#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A cookie that nobody has used for ten seconds lets go of its object; who comes in that moment waits, and finds it again.
. "${0%/*}/api.sh"

plan 10
api_begin ext4 hold
must_call acquire-volume v netless,lru
file_begin c v file aux1 16384
file_write c 0 16384 1
check 'in use, it stays' shows c state=active active=1
must_call unuse c
check 'unused, it has a time to live' [ "$(fscache_stat n LRU)" = 1 ]
check 'after which it lets go of its object' wait_until 30 'the cookie to be discarded' shows c state=quiescent active=0
check 'as one that expired' [ "$(fscache_stat exp)" = 1 ]
check 'with its content on disk' [ "$(cache_object Dfile | wc -l)" = 1 ]
fan=$(fan_of file)
must_call use c
becomes c state=active
check 'used again, it finds it' reads 'ok 16384 1:16384,' c 0 16384 fail

must_call invalidate c aux2 16384
becomes c state=active
file_write c 0 16384 2
# The new file has no name yet, and cannot have one for now.
stall names "$fan"
must_call unuse c
check 'letting go takes as long as the disk does' wait_until 30 'the cookie to be discarded' shows c state=lru-discarding
later again use c
check 'who uses it then waits' waits again __fscache_use_cookie
stall go
check 'and is answered' answers again ok
becomes c state=active
check 'and finds what was written' reads 'ok 16384 2:16384,' c 0 16384 fail
evidence expired "$(fscache_stat exp)"
file_end c
call relinquish-volume v
