#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# What is invalidated is never read again: not by what began before, not by what begins after, not by the next cookie.
. "${0%/*}/api.sh"

plan 22
api_begin
must_call acquire-volume v netless,invalidate
file_begin c v file aux1 16384
file_write c 0 16384 1
file_end c
file_begin c v file aux1 16384
must_call begin before c read
must_call begin writer c write
check 'the content is there' says 'ok 16384 1:16384,' read before 0 16384 fail
must_call invalidate c aux2 16384
check 'invalidations are counted' shows c inval=1
check 'the read that began before fails' says -ESTALE read before 0 16384 fail
check 'the cookie becomes active again' becomes c state=active
check 'what begins now finds nothing' reads -ENODATA c 0 16384 fail
check 'and the file with the old content is gone' [ -z "$(cache_object Dfile)" ]
file_write c 0 16384 2
check 'a write that began before goes where nobody reads' says 'ok 4096' write writer 4096 4096 3
check 'the new content stands' reads 'ok 16384 2:16384,' c 0 16384 fail
must_call end before
must_call end writer
file_end c

file_begin c v file aux2 16384
check 'the next cookie with the new coherency data finds it' reads 'ok 16384 2:16384,' c 0 16384 fail
file_end c
file_begin c v file aux1 16384
check 'the next with the old finds nothing' reads -ENODATA c 0 16384 fail
file_write c 0 16384 1
file_end c

# A direct write goes past the cache: nothing is cached until the last user has gone.
file_begin c v file aux1 16384
must_call use c
must_call begin before c read
must_call invalidate c aux3 16384 dio
check 'a direct write turns the cookie off' has_flag c disabled
check 'it is counted' shows c inval=1
check 'the read that began before fails' says -ESTALE read before 0 16384 fail
check 'no other begins' says -ENOBUFS begin op c read
must_call end before
must_call invalidate c aux4 16384 dio
check 'a second direct write has nothing left to invalidate' shows c inval=1
must_call unuse c
check 'while a user is left it stays so' says -ENOBUFS begin op c write
must_call unuse c
must_call use c
check 'after the last one it is on again' becomes c state=active
check 'and empty' reads -ENODATA c 0 16384 fail
file_write c 0 16384 4
file_end c

must_call acquire-cookie c v file aux3 16384
must_call invalidate c aux5 16384
check 'what is invalidated before it is used' shows c inval=1 state=quiescent
must_call use c
becomes c state=active
check 'is not found when it is' reads -ENODATA c 0 16384 fail
evidence invalidations "$(fscache_stat n Invals)"
evidence cache_writes "$(cache_writes)"
file_end c
check 'nothing was buried where only directories go' [ -z "$(ls "$cache_dir/graveyard")" ]
call relinquish-volume v
balance_check
