#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# partial.sh TRANSPORT: a file is changed a byte here and a piece there, by descriptors that may only write, append or both (known bug 51).
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# The same steps on a file of the mount and on one beside it; both must have the same content in the end.
change() {
	# Write-only, into the middle of a page that was never read: all kernels once read it for that with a descriptor that may not.
	exec 3>>"$1"
	exec 3<&-
	printf X | dd of="$1" bs=1 seek=100 conv=notrunc 2>/dev/null || return
	# Over a page boundary, then past the end, with a hole.
	printf 0123456789 | dd of="$1" bs=1 seek=4091 conv=notrunc 2>/dev/null || return
	printf behind | dd of="$1" bs=1 seek=20000 conv=notrunc 2>/dev/null || return
	printf appended >>"$1" || return
	# Read and write through one descriptor, from a page that is partly read.
	exec 3<>"$1"
	fdio 3 read 8190 4 >/dev/null && printf abcd | fdio 3 write 8190 && printf M | fdio 3 write 20010
	change_status=$?
	exec 3<&-
	return "$change_status"
}

modes=$(ninep_modes)
plan $((2 + 5 * $(echo $modes | wc -w)))
check 'the server is there' "$1_start"
check 'requests are counted' ninep_trace
seeded "$CRUCIBLE_SEED" 16384 >original
cp original expected
change expected
expected=$(sha256 expected)
for mode in $modes; do
	ninep_mount none || give_up 'no mount'
	cp original "$ninep_mountpoint/file"
	ninep_unmount
	ninep_mount "$mode"
	check "$mode: every step succeeds" change "$ninep_mountpoint/file"
	check "$mode: the file is as it should be" [ "$(sha256 "$ninep_mountpoint/file")" = "$expected" ]
	check "$mode: its size is" [ "$(stat -c %s "$ninep_mountpoint/file")" = "$(stat -c %s expected)" ]
	check "$mode: it is unmounted" ninep_unmount
	ninep_mount none
	check "$mode: the server has it" [ "$(sha256 "$ninep_mountpoint/file")" = "$expected" ]
	ninep_unmount
done
evidence writes "$(ninep_traced WRITE)"
