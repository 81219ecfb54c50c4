#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A server that takes a file for larger or smaller than it is: what is read is its content, and behind it nothing but zeros.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

is_content_then_zeros() {
	head -c 5000 seen >seen-content
	tail -c +5001 seen >seen-rest
	cmp -s seen-content "$ninep_export/$1" && [ "$(tr -d '\000' <seen-rest | wc -c)" = 0 ]
}
larger_is_right() {
	# Without a cache, 6.12 asks for what is not there for ever: shrinks.sh of ninep-coherency.
	[ "$1" = none ] || { cat "$ninep_mountpoint/larger-$1" >seen && is_content_then_zeros "larger-$1"; }
}
is_begin_of_content() {
	size=$(stat -c %s seen)
	[ "$size" -le 5000 ] && head -c "$size" "$ninep_export/$1" | cmp -s - seen
}

modes=$(ninep_modes)
plan $((2 + 5 * $(echo $modes | wc -w)))
check 'the server starts' ninep_start
for mode in $modes; do
	for name in larger smaller none; do
		seeded "$CRUCIBLE_SEED" 5000 >"$ninep_export/$name-$mode"
	done
	ninep_order "after-getattr key=larger-$mode times=1000 size=20000"
	ninep_order "after-getattr key=smaller-$mode times=1000 size=4097"
	ninep_order "after-getattr key=none-$mode times=1000 size=0"
	check "$mode: it is mounted" ninep_mount "$mode"
	check "$mode: larger: content, then zeros" larger_is_right "$mode"
	cat "$ninep_mountpoint/smaller-$mode" >seen
	check "$mode: smaller: the begin of the content, or all of it" is_begin_of_content "smaller-$mode"
	cat "$ninep_mountpoint/none-$mode" >seen
	check "$mode: no size: nothing, or the content" is_begin_of_content "none-$mode"
	check "$mode: it is unmounted" ninep_unmount
done
check 'no fid is left behind' [ "$(ninep_get unclunked)" = 0 ]
evidence lies "$(ninep_get fired)"
