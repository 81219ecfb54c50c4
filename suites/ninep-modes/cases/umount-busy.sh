#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# umount-busy.sh: readers and writers are at it: an umount is refused, a lazy one ends when they do, and nothing is left of either.
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

busy() {
	! umount "$ninep_mountpoint" 2>refusal && grep -q busy refusal
}
has_no_mount() {
	[ "$(ninep_get mounts)" = 0 ]
}

modes=$(ninep_modes)
plan $((2 + 9 * $(echo $modes | wc -w)))
check 'the server is there' ninep_start
seeded "$CRUCIBLE_SEED" 400000 >original
for mode in $modes; do
	cp original "$ninep_export/$mode"
	ninep_mount "$mode" || give_up 'no mount'
	ninep_order "before-read key=$mode nth=2 hold"
	cat "$ninep_mountpoint/$mode" >seen &
	reader=$!
	at_exit "kill -KILL $reader 2>/dev/null || :"
	dd if=original of="$ninep_mountpoint/new-$mode" bs=16k 2>/dev/null &
	writer=$!
	check "$mode: the server has a READ" ninep_wait fired 1 "$ninep_ordered"
	check "$mode: and the creation" ninep_wait lcreate 1 "new-$mode"
	check "$mode: an umount is refused" busy
	check "$mode: a lazy one is not" umount -l "$ninep_mountpoint"
	check "$mode: the READ is answered" ninep_release "$ninep_ordered"
	check "$mode: reader and writer end" wait_until 20 'both to end' eval "has_ended $reader && has_ended $writer"
	wait "$reader" "$writer"
	check "$mode: what was read is the file" cmp -s seen original
	check "$mode: then the mount goes" wait_until 10 'the connection to end' has_no_mount
	check "$mode: the server has what was written" cmp -s "$ninep_export/new-$mode" original
done
check 'no fid is left behind' [ "$(ninep_get unclunked)" = 0 ]
evidence reads_held "$(ninep_get fired)"
