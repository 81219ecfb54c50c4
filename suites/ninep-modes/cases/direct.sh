#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# direct.sh TRANSPORT: direct I/O beside buffered I/O, up to the end of the file, behind it, and where there is no file yet.
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

direct_hash() {
	dd if="$1" iflag=direct bs=4096 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

modes=$(ninep_modes)
plan $((2 + 7 * $(echo $modes | wc -w)))
check 'the server is there' "$1_start"
check 'requests are counted' ninep_trace
seeded "$CRUCIBLE_SEED" 20000 >original
seeded "$((CRUCIBLE_SEED + 1))" 8192 >piece
cp original overwritten
dd if=piece of=overwritten bs=4096 seek=1 conv=notrunc 2>/dev/null
# Past the end, with a hole between.
cp overwritten grown
dd if=piece of=grown bs=4096 seek=8 conv=notrunc 2>/dev/null
overwritten=$(sha256 overwritten)
grown=$(sha256 grown)
for mode in $modes; do
	ninep_mount none || give_up 'no mount'
	cp original "$ninep_mountpoint/file"
	ninep_unmount
	ninep_mount "$mode"
	file=$ninep_mountpoint/file
	check "$mode: a direct read gives the file" [ "$(direct_hash "$file")" = "$(sha256 original)" ]
	check "$mode: so does a buffered one" [ "$(sha256 "$file")" = "$(sha256 original)" ]
	dd if=piece of="$file" bs=4096 seek=1 conv=notrunc oflag=direct 2>dd.log || show dd.log 'dd said'
	check "$mode: what was written directly is read, buffered" [ "$(sha256 "$file")" = "$overwritten" ]
	dd if=piece of="$file" bs=4096 seek=8 conv=notrunc oflag=direct 2>dd.log || show dd.log 'dd said'
	check "$mode: what was written directly behind the end is read, buffered" [ "$(sha256 "$file")" = "$grown" ]
	check "$mode: and directly" [ "$(direct_hash "$file")" = "$grown" ]
	# A buffered write that is still in the page cache.
	printf dirty | dd of="$file" bs=1 seek=50 conv=notrunc 2>/dev/null
	check "$mode: a direct read sees a buffered write" [ "$(direct_hash "$file")" = "$(sha256 "$file")" ]
	ninep_unmount
	printf dirty | dd of=grown bs=1 seek=50 conv=notrunc 2>/dev/null
	ninep_mount none
	check "$mode: the server has it all" [ "$(sha256 "$file")" = "$(sha256 grown)" ]
	ninep_unmount
done
evidence reads "$(ninep_traced READ)"
evidence writes "$(ninep_traced WRITE)"
