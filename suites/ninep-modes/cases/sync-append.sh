#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A synchronous append to a page that was never read, then a write before it in that page: nothing else of the page changes.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

change() {
	printf end | fdio 3 append-sync || return
	cp "$ninep_export/$mode" between
	printf M | fdio 3 write 4200
}

# page_is_lost: as check_known wants it: where writes go through the page cache, what stood in the page before the append is not there
# any more, and nothing else is wrong.
page_is_lost() {
	case $mode in none | readahead) return 1 ;; esac
	[ $changed = 0 ] && [ -s lost ] && [ ! -s lost-end ] && ! awk '$1 <= 4096 || $1 > 5000' lost | grep -q .
}

# same_as EXPECTED FILE: sets what `page_is_lost` looks at.
same_as() {
	cmp -l "$1" "$2" >lost 2>lost-end
	[ ! -s lost ] && [ ! -s lost-end ] && [ $changed = 0 ]
}

modes=$(ninep_modes)
plan $((1 + 3 * $(echo $modes | wc -w)))
check 'the server is there' ninep_start
seeded "$CRUCIBLE_SEED" 5000 >original
(cat original && printf end) >appended
cp appended expected
printf M | dd of=expected bs=1 seek=4200 conv=notrunc 2>/dev/null
for mode in $modes; do
	cp original "$ninep_export/$mode"
	ninep_mount "$mode" || give_up 'no mount'
	exec 3<>"$ninep_mountpoint/$mode"
	change
	changed=$?
	check_known ninep-sync-append-discloses page_is_lost "$mode: the append is on the server, and nothing else" same_as appended between
	exec 3<&-
	check "$mode: it is unmounted" ninep_unmount
	check_known ninep-sync-append-discloses page_is_lost "$mode: so is the write, and nothing else" same_as expected "$ninep_export/$mode"
	note "$mode: $(wc -l <lost) bytes differ, $(awk '$3 == 0' lost | wc -l) of them are zero"
done
evidence writes "$(ninep_get write)"
