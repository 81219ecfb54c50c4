#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# What an operation waits for, and does not, while the object is being looked up, created, or invalidated. The file system below stops there.
. "${0%/*}/api.sh"

plan 17
api_begin ext4 hold
must_call acquire-volume v netless,stages
file_begin c v file aux1 16384
file_write c 0 16384 1
file_end c
fan=$(fan_of file)

forget_names
stall names "$fan"
must_call acquire-cookie c v file aux1 16384
must_call use c
check 'the object is being looked up' shows c state=looking-up
later read begin op c read
check 'an operation begins' wait_until 5 'a second access' shows c state=looking-up accesses=2
check 'and waits for the look-up' waits read fscache_begin_
stall go
check 'then it goes on' answers read ok
check 'and finds what was cached' says 'ok 16384 1:16384,' read op 0 16384 fail
must_call end op

stall writers "$cache_mount"
must_call invalidate c aux2 16384
check 'the object is being invalidated' becomes c state=invalidating
later read begin op c read
check 'an operation begins' wait_until 5 'a second access' shows c state=invalidating accesses=2
check 'and waits for the invalidation' waits read fscache_begin_
stall go
check 'then it goes on' answers read ok
check 'and finds nothing' says -ENODATA read op 0 16384 fail
must_call end op
file_end c

stall writers "$cache_mount"
must_call acquire-cookie c v new aux1 16384
must_call use c
check 'an object is being created' becomes c state=creating
check 'an operation begins without waiting, since there can be no content' says ok begin op c write
later write write op 0 16384 2
check 'but a write waits for the file' waits write fscache_wait_for_operation
check 'which is still being created' shows c state=creating
stall go
check 'then it is done' answers write 'ok 16384'
check 'and can be read' says 'ok 16384 2:16384,' read op 0 16384 fail
must_call end op
evidence stalls "$stalls"
file_end c
call relinquish-volume v
balance_check
