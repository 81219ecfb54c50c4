#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# names.sh TRANSPORT: large directories are read and sought in; files that are open are renamed, replaced and removed, and stay what they are.
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

value() {
	awk -v key="$1" '$1 == key { print $2 }' seeks
}
# In a directory of its own for each mode, so that no mode sees what another left.
open_names() {
	echo one >"$1/one"
	echo two >"$1/two"
	echo three >"$1/three"
	exec 3<>"$1/one" 4<>"$1/two" 5<>"$1/three"
	mv "$1/one" "$1/moved" && mv "$1/moved" "$1/two" && rm "$1/three"
}

# reads_own FD CONTENT: it has this, or an error.
reads_own() {
	own=$(fdio "$1" read 0 10 2>/dev/null) || {
		removed=lost
		[ -z "$own" ]
		return
	}
	[ "$own" = "$2" ]
}

modes=$(ninep_modes)
plan $((3 + 8 * $(echo $modes | wc -w)))
check 'the server is there' "$1_start"
ninep_mount none || give_up 'no mount'
mkdir "$ninep_mountpoint/many"
check '600 files are made' sh -c "cd '$ninep_mountpoint/many' && seq 600 | sed s/^/file-with-a-name-that-takes-some-room-/ | xargs touch"
check 'it is unmounted' ninep_unmount
for mode in $modes; do
	ninep_mount "$mode"
	dirseek "$ninep_mountpoint/many" "$CRUCIBLE_SEED" >seeks
	check "$mode: the directory has 602 entries" [ "$(value entries)" = 602 ]
	check "$mode: after a seek the same entry comes" [ "$(value seeks)-$(value wrong)" = 200-0 ]
	check "$mode: rewound it has them again" [ "$(value again)" = 602 ]
	mkdir "$ninep_mountpoint/$mode"
	check "$mode: open files are renamed, replaced, removed" open_names "$ninep_mountpoint/$mode"
	echo ONE | fdio 3 write 0
	check "$mode: what was renamed has what is written later" [ "$(cat "$ninep_mountpoint/$mode/two")" = ONE ]
	removed=kept
	check "$mode: what was replaced or removed is what it was, or an error" eval 'reads_own 4 two && reads_own 5 three'
	exec 3<&- 4<&- 5<&-
	check "$mode: it is unmounted" ninep_unmount
	note "$mode: what was replaced or removed is $removed for those who have it open"
	ninep_mount none
	check "$mode: the server has one file of them" [ "$(cd "$ninep_mountpoint/$mode" && echo * && cat two)" = "two
ONE" ]
	ninep_unmount
done
evidence entries "$(value entries)"
