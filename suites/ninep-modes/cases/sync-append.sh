#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A synchronous append to a page that was never read, then a write before it in that page: nothing else of the page changes.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

change() {
	printf end | fdio 3 append-sync
	cp "$ninep_export/$mode" between
	printf M | fdio 3 write 4200
}

modes=$(ninep_modes)
plan $((1 + 3 * $(echo $modes | wc -w)))
check 'the server is there' ninep_start
seeded "$CRUCIBLE_SEED" 5000 >original
cp original expected
printf end >>expected
printf M | dd of=expected bs=1 seek=4200 conv=notrunc 2>/dev/null
for mode in $modes; do
	cp original "$ninep_export/$mode"
	ninep_mount "$mode" || give_up 'no mount'
	exec 3<>"$ninep_mountpoint/$mode"
	change
	check_known ninep-sync-append-zeros "$mode: the append is on the server, and nothing else" [ "$(sha256 between)" = "$( (cat original && printf end) | sha256sum | cut -d ' ' -f 1)" ]
	exec 3<&-
	check "$mode: it is unmounted" ninep_unmount
	cmp -l expected "$ninep_export/$mode" >lost
	note "$mode: $(wc -l <lost) bytes differ, $(awk '$3 == 0' lost | wc -l) of them are zero"
	check_known ninep-sync-append-zeros "$mode: so is the write, and nothing else" [ ! -s lost ]
done
evidence writes "$(ninep_get write)"
