#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The attribute of a volume is longer than can be read, and nothing can be buried: the look-up ends all the same.
. "${0%/*}/damage.sh"

damage() {
	volume=$cache_dir/cache/Inetless,unreadable
	set_attribute "$volume" "$(cache_xattr "$volume")00" && chattr +i "$cache_dir/graveyard"
}

plan 4
cache_disk "$CRUCIBLE_DISK_CACHE"
cache_hold || give_up 'the cache did not start'
netless_load
must_call acquire-volume v netless,unreadable - coherent
file_begin c v file aux1 16384
file_write c 0 16384 1
file_end c
must_call relinquish-volume v
wait_until 5 'the volume to be given back' cookies_are_gone
stop_and_damage damage
# A worker that buries for ever comes to its end so.
at_exit 'chattr -i "$cache_dir/graveyard"'
before=$(cache_object Dfile)
must_call acquire-volume v netless,unreadable - coherent
must_call acquire-cookie c v file aux1 16384
must_call use c
check 'the look-up in a volume that cannot be read ends' wait_until 3 'the cookie to be uncached' shows c state=quiescent active=1
check 'without an operation' says -ENOBUFS begin op c read
check 'the cache is alive' cache_state_is A
chattr -i "$cache_dir/graveyard"
check 'and the volume as it was' [ "$(cache_object Dfile)" = "$before" ]
evidence attribute_digits "$(cache_xattr "$cache_dir/cache/Inetless,unreadable" | wc -c)"
must_call unuse c
must_call relinquish c
must_call relinquish-volume v
