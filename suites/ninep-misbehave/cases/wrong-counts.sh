#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A server that claims to have read or written more than it was asked to, or nothing: the client believes what can be.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

plan 17
check 'the server starts' ninep_start
for mode in none loose; do
	seeded "$CRUCIBLE_SEED" 20000 >"$ninep_export/file-$mode"
	expected=$(sha256 "$ninep_export/file-$mode")
	check "$mode: it is mounted" ninep_mount "$mode"
	ninep_order "after-read key=file-$mode times=1000 claim=0x7fffffff"
	check "$mode: READs that claim too much give what is there" [ "$(sha256 "$ninep_mountpoint/file-$mode")" = "$expected" ]
	ninep_order "after-write key=more-$mode times=1000 claim=0x7fffffff"
	dd if="$ninep_export/file-$mode" of="$ninep_mountpoint/more-$mode" bs=8k conv=fsync 2>/dev/null
	check "$mode: WRITEs that claim too much write what they were given" [ "$(sha256 "$ninep_export/more-$mode")" = "$expected" ]
	ninep_order "after-write key=nothing-$mode times=3 claim=0"
	dd if="$ninep_export/file-$mode" of="$ninep_mountpoint/nothing-$mode" bs=8k conv=fsync 2>/dev/null
	check "$mode: WRITEs that claim nothing are tried again" [ "$(sha256 "$ninep_export/nothing-$mode")" = "$expected" ]
	evidence "retries_$mode" "$(ninep_get fired "$ninep_ordered")"
	mkdir -p "$ninep_export/dir"
	touch "$ninep_export/dir/one" "$ninep_export/dir/two"
	ninep_order 'after-readdir times=10 claim=0x7fffffff'
	check "$mode: a listing that claims too much has what is there" [ "$(ls "$ninep_mountpoint/dir" | tr '\n' ' ')" = 'one two ' ]
	check "$mode: its file is still read" [ "$(sha256 "$ninep_mountpoint/more-$mode")" = "$expected" ]
	check "$mode: it is unmounted" ninep_unmount
done
check 'no fid is left behind' [ "$(ninep_get unclunked)" = 0 ]
check 'no more than was there was counted' [ "$(ninep_get read_bytes file-none)" = 20000 ]
evidence lies "$(ninep_get fired)"
