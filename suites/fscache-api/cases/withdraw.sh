#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A daemon is killed while a volume is being created, and while an object is being looked up, created, used, invalidated and given
# back. The cache goes when that has ended, and the cookie is as good as new with the next daemon.
. "${0%/*}/api.sh"

# withdraw_under WHAT: the daemon is killed, and waits for what is stopped.
withdraw_under() {
	kill -KILL "$cache_pid"
	check "while $1, the cache begins to go" wait_until 5 'the cache to be withdrawn' cache_state_is W
	# An operation would wait for ever for what is stopped.
	cache_state_is W || give_up 'no withdrawal'
	check "while $1, no operation begins" says -ENOBUFS begin refused "${2:-c}" read
}

withdrawals=0
is_gone() {
	cache_is_withdrawn && withdrawals=$((withdrawals + 1))
}

# withdrawn: and the cache is gone when the stop is over.
withdrawn() {
	check "after $1, it is gone" is_gone
	check "after $1, a cookie that is used is uncached" becomes "${2:-c}" state=quiescent active=1
}

# returns WHAT COOKIE ANSWER: with a new daemon the cookie has what is on disk.
returns() {
	cache_hold || give_up 'a new daemon'
	must_call use "$2"
	check "after $1, a new daemon has the cookie back" becomes "$2" state=active active=2
	must_call unuse "$2"
	check "after $1, with what is right on disk" reads "$3" "$2" 0 16384 fail
}

plan 38
api_begin ext4 hold
must_call acquire-volume v netless,withdraw
file_begin c v file aux1 16384
file_write c 0 16384 1
file_end c
fan=$(fan_of file)
must_call acquire-cookie c v file aux1 16384

forget_names
stall names "$fan"
must_call use c
check 'an object is being looked up' shows c state=looking-up
withdraw_under 'it is looked up'
stall go
withdrawn 'a look-up'
returns 'a look-up' c 'ok 16384 1:16384,'

must_call begin op c read
withdraw_under 'an operation is open'
check 'the operation that is open gets no more' says -ENOBUFS read op 0 16384 fail
check 'and holds the cache' cache_state_is W
must_call end op
withdrawn 'an operation'
returns 'an operation' c 'ok 16384 1:16384,'

stall writers "$cache_mount"
must_call invalidate c aux2 16384
check 'an object is being invalidated' becomes c state=invalidating
withdraw_under 'it is invalidated'
stall go
withdrawn 'an invalidation'
returns 'an invalidation' c '-ENODATA'

must_call acquire-cookie new v new aux1 16384
stall writers "$cache_mount"
must_call use new
check 'an object is being created' becomes new state=creating
withdraw_under 'it is created' new
stall go
withdrawn 'a creation' new
returns 'a creation' new '-ENODATA'
must_call unuse new
must_call relinquish new

must_call unuse c
file_write c 0 16384 2
stall names "$fan"
must_call relinquish c
kill -KILL "$cache_pid"
check 'while it is given back, the cache begins to go' wait_until 5 'the cache to be withdrawn' cache_state_is W
stall go
check 'after it was given back, it is gone' is_gone

cache_hold || give_up 'a new daemon'
stall names "$cache_dir/cache"
must_call acquire-volume created netless,created
must_call acquire-cookie d created file aux1 16384
must_call use d
withdraw_under 'a volume is created' d
stall go
withdrawn 'the creation of a volume' d
returns 'the creation of a volume' d '-ENODATA'
evidence withdrawals "$withdrawals"
must_call unuse d
must_call relinquish d
call relinquish-volume created
call relinquish-volume v
wait_until 10 'cookies to be given back' cookies_are_gone_but 0
balance_check
