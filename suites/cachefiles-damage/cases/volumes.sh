#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Volumes are damaged on disk, each in its way: what is stale is buried, what cannot be read is left alone, and nothing hangs.
. "${0%/*}/damage.sh"

# The key of a volume is that of its damage.
volume_dir() {
	echo "$cache_dir/cache/Inetless,$1"
}

damage() {
	volume=$(volume_dir "$1")
	fan=$(cache_object "D$1")
	fan=${fan%/*}
	digits=$(cache_xattr "$volume")
	case $1 in
	coherency) set_attribute "$volume" "$(patched "$digits" 4 7a)" ;;
	reserved) set_attribute "$volume" "$(patched "$digits" 0 01)" ;;
	short) set_attribute "$volume" "${digits%??}" ;;
	long) set_attribute "$volume" "${digits}00" ;;
	missing) setfattr -x $damage_attribute "$volume" ;;
	file) rm -r "$volume" && : >"$volume" ;;
	fan-file) rm -r "$fan" && : >"$fan" ;;
	fan-missing) rm -r "$fan" ;;
	fan-foreign) mkdir -p "$fan/Dforeign/deep" "$volume/foreign" && : >"$fan/foreign" ;;
	esac
}

damage_all() {
	for kind in $kinds; do
		damage $kind && damaged=$((damaged + 1)) || return
	done
}

open_volume() {
	must_call acquire-volume v "netless,$1" - coherent
	must_call acquire-cookie c v "$1" aux1 16384
	must_call use c
}

close_volume() {
	must_call unuse c
	must_call relinquish c
	must_call relinquish-volume v
	wait_until 10 'the volume to be given back' cookies_are_gone
}

# is_cached KIND ANSWER: reading answers so.
is_cached() {
	open_volume "$1"
	becomes c state=active && reads "$2" c 0 16384 fail
	cached_status=$?
	close_volume
	return $cached_status
}

# is_left_alone KIND: the volume is not cached, and stays as it is.
is_left_alone() {
	alone_before=$(find "$(volume_dir "$1")" | sort)
	open_volume "$1"
	becomes c state=quiescent active=1
	alone_status=$?
	close_volume
	[ $alone_status = 0 ] && [ "$(find "$(volume_dir "$1")" | sort)" = "$alone_before" ]
}

kinds='coherency reserved short long missing file fan-file fan-missing fan-foreign'
plan 11
damaged=0
cache_disk "$CRUCIBLE_DISK_CACHE"
cache_hold || give_up 'the cache did not start'
netless_load
for kind in $kinds; do
	open_volume $kind
	becomes c state=active
	file_write c 0 16384 1
	close_volume
done
stop_and_damage damage_all
for kind in coherency reserved short fan-missing; do
	check "a volume with damage '$kind' is found empty" is_cached $kind -ENODATA
done
for kind in long missing file fan-file; do
	check "a volume with damage '$kind' is left alone" is_left_alone $kind
done
check 'what does not belong there is in nobody s way' is_cached fan-foreign 'ok 16384 1:16384,'
rm "$(find "$(volume_dir fan-file)" -type f -name '@*')"
check 'what was repaired is cached again' is_cached fan-file -ENODATA
check 'the cache is alive' cache_state_is A
evidence damaged $damaged
