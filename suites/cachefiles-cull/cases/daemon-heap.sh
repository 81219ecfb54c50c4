#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Debian 12's cachefilesd aborts where its heap lies at an address of ..6xxxxxxx, once it knows of two objects that could be culled
# (known issue cachefilesd-heap-abort). The other cases run it where it never does, and this one shows why.
. "${0%/*}/cull.sh"

# start_at_random: cachefilesd as distributions start it; sets `heap` to the digit that it goes by.
start_at_random() {
	cachefilesd -n -s -f /run/cachefilesd.conf </dev/null >"$cache_log" 2>&1 &
	cache_pid=$!
	echo "$cache_pid" >/run/cachefilesd.pid
	heap=
	# Before it binds the cache: it may not live long afterwards. One that is faster than we are does not count.
	wait_until 10 'cachefilesd to have a heap' has_heap_or_is_over
	wait_until 10 'cachefilesd to bind the cache, or to end' is_active_or_over
	starts=$((starts + 1))
}

# 55d0cb9f3000-55d0cba14000 rw-p 00000000 00:00 0    [heap]
has_heap() {
	grep -q '^cachefilesd$' "/proc/$cache_pid/comm" 2>/dev/null || return
	heap=$(sed -n 's/^[0-9a-f]*\([0-9a-f]\)[0-9a-f]\{7\}-.*\[heap\]$/\1/p' "/proc/$cache_pid/maps" 2>/dev/null)
	[ -n "$heap" ]
}

has_heap_or_is_over() {
	has_heap || has_ended "$cache_pid"
}

is_active_or_over() {
	cache_is_active || has_ended "$cache_pid"
}

# It has looked through the cache, and sleeps until something happens.
is_through() {
	has_ended "$cache_pid" || grep -q do_sys_poll "/proc/$cache_pid/stack"
}

# let_it_look: sets `status` to what it ended with by itself, 0 when it did not.
let_it_look() {
	wait_until 10 'cachefilesd to have looked through the cache' is_through
	status=0
	if has_ended "$cache_pid"; then
		wait "$cache_pid" 2>/dev/null
		status=$?
		rm /run/cachefilesd.pid
	else
		cache_end
	fi
	wait_until 10 'the cache to be withdrawn' cache_is_gone
}

plan 5
cache_disk "$CRUCIBLE_DISK_CACHE"
check 'the cache starts' cache_run
netless_load
must_call acquire-volume v netless,heap
for key in one two three four; do
	file_begin c v $key aux1 16384
	file_write c 0 16384 1
	file_end c
done
must_call relinquish-volume v
wait_until 5 'the volume to be given back' cookies_are_gone
check 'four objects are in the cache, and nobody uses them' [ "$(cache_file_count)" = 4 ]
check 'the daemon ends when it is told to' cache_end

starts=0
at_six=
elsewhere=
while { [ -z "$at_six" ] || [ -z "$elsewhere" ]; } && [ $starts -lt 150 ]; do
	start_at_random
	let_it_look
	case $heap in
	6) at_six=$status ;;
	?) elsewhere=$status ;;
	esac
done
evidence starts $starts
evidence status_at_six "${at_six:--1}"
evidence status_elsewhere "${elsewhere:--1}"
check 'with its heap at ..6....... it aborts' [ "$at_six" = 134 ]
check 'elsewhere it goes on' [ "$elsewhere" = 0 ]
