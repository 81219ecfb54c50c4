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
	cat "$ninep_mountpoint/larger-$1" >seen && is_content_then_zeros "larger-$1"
}
# begin_is_right FILE BYTES: at least so many are read, and they are the begin of its content.
begin_is_right() {
	cat "$ninep_mountpoint/$1" >seen && size=$(stat -c %s seen) && [ "$size" -ge "$2" ] && [ "$size" -le 5000 ] &&
		head -c "$size" "$ninep_export/$1" | cmp -s - seen
}

modes=$(ninep_modes)
# Without a cache, 6.12 asks for ever for what is not there: shrinks.sh of ninep-coherency.
larger_modes=$modes
! ninep_is_reworked || larger_modes=${modes#none}
plan $((2 + 4 * $(echo $modes | wc -w) + $(echo $larger_modes | wc -w)))
check 'the server starts' ninep_start
for mode in $modes; do
	for name in larger smaller none; do
		seeded "$CRUCIBLE_SEED" 5000 >"$ninep_export/$name-$mode"
	done
	ninep_order "after-getattr key=larger-$mode times=1000 size=20000"
	ninep_order "after-getattr key=smaller-$mode times=1000 size=4097"
	ninep_order "after-getattr key=none-$mode times=1000 size=0"
	check "$mode: it is mounted" ninep_mount "$mode"
	case " $larger_modes " in
	*" $mode "*) check "$mode: larger: content, then zeros" larger_is_right "$mode" ;;
	esac
	check "$mode: smaller: the begin of the content, or all of it" begin_is_right "smaller-$mode" 4097
	check "$mode: no size: nothing, or the content" begin_is_right "none-$mode" 0
	check "$mode: it is unmounted" ninep_unmount
done
check 'no fid is left behind' [ "$(ninep_get unclunked)" = 0 ]
evidence lies "$(ninep_get fired)"
