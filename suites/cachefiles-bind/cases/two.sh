#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Two caches by turns: a volume is in the one that it names, and does without while the other is there.
. "${0%/*}/bind.sh"

# uncached COOKIE: it is in use, and no cache takes it.
uncached() {
	must_call use "$1"
	says -ENOBUFS begin op "$1" read && shows "$1" state=quiescent active=1
	uncached=$?
	must_call unuse "$1"
	return $uncached
}

# turn NAME: the cache of that name, in a directory of its own
turn() {
	cache_tag=$1
	cache_dir=$cache_mount/$1
	mkdir -p "$cache_dir"
	cache_run || give_up "a daemon for $1"
}

# There may be two rows here, of which the one in use is active.
active_cache() {
	awk 'NR > 2 && $6 == "A" { print $7 }' /proc/fs/fscache/caches
}

plan 9
cache_disk "$CRUCIBLE_DISK_CACHE"
netless_load
must_call acquire-volume a netless,a first
must_call acquire-volume b netless,b second
for volume in a b; do
	must_call acquire-cookie "$volume" "$volume" file aux1 16384
done
check 'without a cache there is nothing' uncached a
turn first
check 'the first cache is there' [ "$(active_cache)" = first ]
must_call use a
check 'its volume is cached' becomes a state=active
check 'the other is not' uncached b
file_write a 0 16384 1
must_call unuse a
cache_end
turn second
must_call use b
check 'by turns, the other is' becomes b state=active
check 'and this one is not' uncached a
check 'what one holds the other does not' reads -ENODATA b 0 16384 fail
must_call unuse b
cache_end
turn first
must_call use a
becomes a state=active
check 'and the first has what it had' reads 'ok 16384 1:16384,' a 0 16384 fail
must_call unuse a
for volume in a b; do
	must_call relinquish "$volume"
	must_call relinquish-volume "$volume"
done
check 'each in its directory' [ -d "$cache_mount/first/cache/Inetless,a" -a -d "$cache_mount/second/cache/Inetless,b" ]
evidence cache_reads "$(cache_reads)"
