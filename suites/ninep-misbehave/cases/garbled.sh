#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Answers that no server may give: of another type, to a request that was not made, of a length that cannot be. Whoever asked gets an error.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# garbled NAME ORDER: reading the file fails or gives nothing wrong, and the mount can be left and made anew.
garbled() {
	ninep_order "$2"
	check "$1: it is mounted" ninep_mount loose
	timeout $((10 * ${CRUCIBLE_SCALE:-1})) cat "$ninep_mountpoint/file" >seen 2>/dev/null
	garbled_status=$?
	# 143 is a reader that hung until timeout ended it.
	check "$1: no reader hangs" [ "$garbled_status" -ne 143 ]
	check "$1: nothing wrong is read" is_right
	check "$1: the answer was garbled" [ "$(ninep_get fired "$ninep_ordered")" = 1 ]
	check "$1: it is unmounted" ninep_unmount
	check "$1: a new mount reads well" mounts_and_reads
	garbles=$((garbles + 1))
}
# is_right: what was seen is all of the file, or where reading failed, what it begins with.
is_right() {
	head -c "$(stat -c %s seen)" "$ninep_export/file" | cmp -s - seen && [ "$garbled_status" -ne 0 -o "$(sha256 seen)" = "$expected" ]
}
mounts_and_reads() {
	ninep_mount loose && [ "$(sha256 "$ninep_mountpoint/file")" = "$expected" ] && ninep_unmount
}

plan 37
garbles=0
check 'the server starts' ninep_start
seeded "$CRUCIBLE_SEED" 9000 >"$ninep_export/file"
expected=$(sha256 "$ninep_export/file")
# Rversion where Rread is expected; an error where there is none.
garbled 'another type' 'after-getattr key=file reply-type=101'
garbled 'an error without a number' 'after-read key=file reply-type=7'
garbled 'a tag of nobody' 'after-lopen key=file tag=4242'
garbled 'shorter than a header' 'after-lopen key=file length=6'
garbled 'longer than agreed' 'after-lopen key=file length=0x7fffffff'
garbled 'nothing but a header' 'after-lopen key=file length=7'
evidence garbles "$garbles"
