#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Objects are damaged on disk, each in its way: none is taken for good, and each but those whose attribute cannot be read is made anew.
. "${0%/*}/damage.sh"

# Made anew at the first look-up
renewed='short type size aux dirty directory symlink fifo'
# Not cached: what the attribute says is not known, so nothing is done to the file (6.10: 0ece614a52bc, and its backports)
refused='missing long empty'

damage() {
	object=$(cache_object "D$1")
	digits=$(cache_xattr "$object")
	case $1 in
	short) set_attribute "$object" "${digits%??}" ;;
	type) set_attribute "$object" "$(patched "$digits" 16 7f)" ;;
	size) set_attribute "$object" "$(patched "$digits" 7 01)" ;;
	aux) set_attribute "$object" "$(patched "$digits" 18 7a)" ;;
	dirty) set_attribute "$object" "$(patched "$digits" 17 04)" ;;
	long) set_attribute "$object" "${digits}00" ;;
	missing) setfattr -x $damage_attribute "$object" ;;
	truncated) truncate -s 4096 "$object" ;;
	*) rm "$object" ;;
	esac || return
	case $1 in
	directory) mkdir -p "$object/deep/down" && : >"$object/deep/file" ;;
	symlink) ln -s "$cache_mount/target" "$object" ;;
	fifo) mkfifo "$object" ;;
	empty) : >"$object" ;;
	esac
}

damage_all() {
	echo untouched >"$cache_mount/target"
	for kind in $renewed $refused truncated; do
		damage $kind || return
	done
	# Two names, one file
	ln "$(cache_object Dgood)" "$(cache_object Dtwin).new" && mv -f "$(cache_object Dtwin).new" "$(cache_object Dtwin)"
}

# is_renewed KIND: nothing is found, what is written is there, and for the next cookie too.
is_renewed() {
	file_begin c v "$1" aux1 16384
	reads -ENODATA c 0 16384 fail || return
	file_write c 0 16384 2
	file_end c
	file_begin c v "$1" aux1 16384
	reads 'ok 16384 2:16384,' c 0 16384 fail
	renewed_status=$?
	file_end c
	[ $renewed_status = 0 ] && renewed_count=$((renewed_count + 1))
}

# is_refused KIND: the cookie is uncached, and the file stays as it is.
is_refused() {
	refused_before=$(stat -c '%i %s' "$(cache_object "D$1")")
	must_call acquire-cookie c v "$1" aux1 16384
	must_call use c
	becomes c state=quiescent active=1 && says -ENOBUFS begin op c read
	refused_status=$?
	file_end c "${2:-0}"
	[ $refused_status = 0 ] && [ "$(stat -c '%i %s' "$(cache_object "D$1")")" = "$refused_before" ] && refused_count=$((refused_count + 1))
}

plan 16
renewed_count=0 refused_count=0
cache_disk "$CRUCIBLE_DISK_CACHE"
cache_hold || give_up 'the cache did not start'
netless_load
must_call acquire-volume v netless,objects
for key in good twin $renewed $refused truncated; do
	file_begin c v $key aux1 16384
	file_write c 0 16384 1
	file_end c
done
stop_and_damage damage_all

for key in $renewed; do
	check "an object with damage '$key' is made anew" is_renewed $key
done
for key in $refused; do
	check "an object with damage '$key' is left alone" is_refused $key
done
check 'the target of the link is untouched' [ "$(cat "$cache_mount/target")" = untouched ]
file_begin c v truncated aux1 16384
must_call begin op c read
check 'what was cut off is a hole' says 'ok 0 4096' occupancy op 0 16384 4096
must_call end op
file_end c
file_begin good v good aux1 16384
check 'an object that another cookie uses is left alone' is_refused twin 1
check 'a good object is good' reads 'ok 16384 1:16384,' good 0 16384 fail
file_end good
check 'the cache is alive' cache_state_is A
evidence renewed $renewed_count
# One of them is the twin.
evidence refused $refused_count
call relinquish-volume v
