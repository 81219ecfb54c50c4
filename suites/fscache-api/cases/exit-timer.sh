#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The modules are unloaded while a cookie's time to live still runs; its end finds nobody.
for part in ktap wait fscache-stats cache cachefiles netless; do
	. "$CRUCIBLE_LIB/$part.sh"
done

is_unloaded() {
	[ ! -d "/sys/module/$1" ] || rmmod "$1" 2>/dev/null
}

plan 5
cache_disk "$CRUCIBLE_DISK_CACHE"
cache_run || give_up 'cachefilesd did not start the cache'
netless_load
must_call acquire-volume v netless,timer
file_begin c v file aux1 16384
must_call unuse c
check 'a cookie waits for its end' [ "$(fscache_stat n LRU)" = 1 ]
at=$(fscache_stat at LRU)
check 'which is some seconds away' [ "$at" -gt 0 ]
evidence timer_jiffies "$at"
must_call relinquish c
must_call relinquish-volume v
rmmod netless
began=$(now_cs)
cache_stop
check 'cachefiles is unloaded' wait_until 5 'cachefiles to be unloaded' is_unloaded cachefiles
! [ -d /sys/module/fscache ] || wait_until 5 'fscache to be unloaded' is_unloaded fscache
check 'fscache is unloaded' wait_until 5 'netfs to be unloaded' is_unloaded netfs
evidence unloaded_cs $(($(now_cs) - began))

has_passed() {
	[ $(($(now_cs) - began)) -gt 1500 ]
}
check 'the end of the time comes' wait_until 60 'fifteen seconds' has_passed
