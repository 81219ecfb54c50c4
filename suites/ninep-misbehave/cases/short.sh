#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A server that does a little at a time: what is read and written is whole all the same.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

plan $((2 + 4 * $(ninep_modes | wc -w)))
check 'the server starts' ninep_start
seeded "$CRUCIBLE_SEED" 50001 >"$ninep_export/file"
seeded "$((CRUCIBLE_SEED + 1))" 50001 >other
expected=$(sha256 "$ninep_export/file")
other=$(sha256 other)
ninep_order 'before-read times=100000 short=1500'
ninep_order 'before-write times=100000 short=700'
for mode in $(ninep_modes); do
	check "$mode: it is mounted" ninep_mount "$mode"
	check "$mode: the file is read" [ "$(sha256 "$ninep_mountpoint/file")" = "$expected" ]
	dd if=other of="$ninep_mountpoint/new-$mode" bs=64k conv=fsync 2>/dev/null
	check "$mode: what is written is on the server" [ "$(sha256 "$ninep_export/new-$mode")" = "$other" ]
	check "$mode: it is unmounted" ninep_unmount
done
check 'no fid is left behind' [ "$(ninep_get unclunked)" = 0 ]
evidence short_reads "$(ninep_get read file)"
evidence short_writes "$(ninep_get write new-loose)"
