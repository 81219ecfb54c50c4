#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# mapped.sh TRANSPORT: files are read and written through mappings, in the modes that have them (known bug 43).
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

maps_shared() {
	printf MAPPED | fdio 3 store 100 2>/dev/null && printf ACROSS | fdio 3 store 4093 && printf LAST | fdio 3 store 16000
}
change() {
	printf MAPPED | dd of="$1" bs=1 seek=100 conv=notrunc 2>/dev/null
	printf ACROSS | dd of="$1" bs=1 seek=4093 conv=notrunc 2>/dev/null
	printf LAST | dd of="$1" bs=1 seek=16000 conv=notrunc 2>/dev/null
}

modes=$(ninep_modes)
plan $((2 + 4 * $(echo $modes | wc -w)))
check 'the server is there' "$1_start"
check 'requests are counted' ninep_trace
seeded "$CRUCIBLE_SEED" 16385 >original
cp original expected
change expected
original=$(sha256 original)
expected=$(sha256 expected)
refused=
for mode in $modes; do
	ninep_mount none || give_up 'no mount'
	cp original "$ninep_mountpoint/file"
	ninep_unmount
	ninep_mount "$mode"
	check "$mode: it is read through a mapping" [ "$(sha256_mapped "$ninep_mountpoint/file" 2>/dev/null)" = "$original" ]
	exec 3<>"$ninep_mountpoint/file"
	if maps_shared; then
		wanted=$expected
	else
		wanted=$original
		refused="$refused $mode"
	fi
	check "$mode: what was stored is read by others" [ "$(sha256 "$ninep_mountpoint/file")" = "$wanted" ]
	exec 3<&-
	check "$mode: it is unmounted" ninep_unmount
	ninep_mount none
	check "$mode: the server has it" [ "$(sha256 "$ninep_mountpoint/file")" = "$wanted" ]
	ninep_unmount
done
note "no writable mapping with:$refused"
evidence writes "$(ninep_traced WRITE)"
evidence modes_mapped $(($(echo $modes | wc -w) - $(echo $refused | wc -w)))
