#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file is cut on the server while a reader has it open with cache=none: the read has what is there, and ends.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# read_cut NAME SIZE: opened with 20,000 bytes, read when it has SIZE. A read that goes on asking is ended by errors from its 20th READ on:
# a kernel that does so does it by recursion, and its stack is not to be overrun.
read_cut() {
	cp original "$ninep_export/$1"
	exec 3<"$ninep_mountpoint/$1"
	truncate -s "$2" "$ninep_export/$1"
	ninep_order "before-read key=$1 nth=20 times=100000 error=5"
	fdio 3 read 0 20000 >seen 2>seen-error
	cut_status=$?
	exec 3<&-
	cut_reads=$(ninep_get read "$1")
	note "$1: status $cut_status $(cat seen-error), $cut_reads READs"
}

# is_what_is_there: the read gives all of it, or fails and gives nothing.
is_what_is_there() {
	if [ $cut_status = 0 ]; then
		cmp -s seen "$ninep_export/shorter"
	else
		[ ! -s seen ]
	fi
}

asks_for_ever() {
	[ "$cut_status" != 0 ] && [ "$cut_reads" -ge 20 ]
}
has_no_data() {
	[ "$cut_status" != 0 ] && grep -q ENODATA seen-error
}

plan 8
check 'the server starts' ninep_start
seeded "$CRUCIBLE_SEED" 20000 >original
check 'it is mounted' ninep_mount none
read_cut shorter 5000
check_known ninep-direct-read-endless asks_for_ever 'cut short: the read ends where the file does' [ "$cut_status-$((cut_reads < 20))" = 0-1 ]
check 'cut short: what was read is what is there' is_what_is_there
evidence reads "$cut_reads"
read_cut empty 0
check_known ninep-direct-read-endless has_no_data 'cut to nothing: the read ends at once' [ "$cut_status-$((cut_reads < 20))" = 0-1 ]
check 'cut to nothing: nothing is read' [ ! -s seen ]
mv "$ninep_export/shorter" "$ninep_export/later"
check 'a new reader has what is there' cmp -s "$ninep_mountpoint/later" "$ninep_export/later"
check 'it is unmounted' ninep_unmount
