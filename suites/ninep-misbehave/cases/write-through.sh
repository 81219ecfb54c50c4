#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A synchronous append to a page whose write-back the server has in hand waits for it, and both are on the server.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# The first line is read before it is written over, so that its page is whole and nothing but the page itself says that it is dirty.
appended_while() {
	ninep_order "before-write key=$1 hold"
	fdio 3 writeback &
	first=$!
	at_exit "kill -KILL $first 2>/dev/null || :"
	check 'the server has the first WRITE' ninep_wait fired 1 "$ninep_ordered"
	echo second | fdio 3 append-sync &
	second=$!
	at_exit "kill -KILL $second 2>/dev/null || :"
	check 'the append comes to where it waits, or is over' wait_until 20 'the append to come to where it waits' append_waits_or_is_over
	check 'the append does not pass it' [ "$(ninep_get write "$1")" = 1 ]
	check 'the first WRITE is answered' ninep_release "$ninep_ordered"
	check 'it ends' wait_until 10 'the write-back to end' has_ended "$first"
	check 'so does the append' wait_until 10 'the append to end' has_ended "$second"
	wait "$second"
	check 'the append succeeds' [ "$?" = 0 ]
	check 'both are on the server' [ "$(cat "$ninep_export/$1")" = "First
second" ]
}
# On 6.12 it may also wait for wb_lock, which is held while the WRITE is under way.
append_waits_or_is_over() {
	has_ended "$second" || grep -q -E 'writeback|wait_bit|folio_lock|netfs_begin_writethrough|p9_client_rpc' "/proc/$second/stack" 2>/dev/null
}

plan 11
check 'the server starts' ninep_start
echo first >"$ninep_export/file"
check 'it is mounted' ninep_mount loose
exec 3<>"$ninep_mountpoint/file"
fdio 3 read 0 100 >/dev/null
printf F | fdio 3 write 0
appended_while file
exec 3<&-
check 'it is unmounted' ninep_unmount
evidence writes_held "$(ninep_get fired)"
evidence writes "$(ninep_get write file)"
