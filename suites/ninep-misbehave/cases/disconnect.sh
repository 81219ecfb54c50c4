#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A server that hangs up while it has a request: what was asked fails, nobody hangs, and a new mount works.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# cut_at MODE ORDER COMMAND...: the command fails, what follows fails too, and the mount can be left.
cut_at() {
	cut_name="$1, $2"
	ninep_order "$2"
	check "$cut_name: it is mounted" ninep_mount "$1"
	shift 2
	check "$cut_name: it fails" fails "$@"
	check "$cut_name: so does the next" fails cat "$ninep_mountpoint/other"
	check "$cut_name: it is unmounted" ninep_unmount
	cuts=$((cuts + $(ninep_get fired "$ninep_ordered")))
}
fails() {
	! "$@" >/dev/null 2>&1 && [ "$(ninep_get fired "$ninep_ordered")" = 1 ]
}

plan 35
cuts=0
check 'the server starts' ninep_start
seeded "$CRUCIBLE_SEED" 100000 >"$ninep_export/file"
echo other >"$ninep_export/other"
for mode in none loose; do
	cut_at "$mode" 'before-read key=file disconnect' cat "$ninep_mountpoint/file"
	cut_at "$mode" 'before-write key=file disconnect' sh -c "seq 10000 | dd of='$ninep_mountpoint/file' conv=notrunc,fsync"
	cut_at "$mode" 'after-walk key=file disconnect' stat "$ninep_mountpoint/file"
	cut_at "$mode" 'before-unlinkat key=file disconnect' rm "$ninep_mountpoint/file"
done
check 'a new mount works' ninep_mount loose
check 'and reads' [ "$(cat "$ninep_mountpoint/other")" = other ]
evidence cuts "$cuts"
