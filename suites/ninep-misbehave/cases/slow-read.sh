#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A server that answers a READ late or never: a killed reader goes, its answer is not wanted any more, and others read well.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# killed_while MODE ORDER: a reader is killed while the server has its READ; then a second one reads the whole file.
killed_while() {
	killed_flushed=$(ninep_get flushed)
	ninep_order "$2"
	check "$1, $2: it is mounted" ninep_mount "$1"
	cat "$ninep_mountpoint/file" >killed &
	killed_pid=$!
	at_exit "kill -KILL $killed_pid 2>/dev/null || :"
	check "$1, $2: the server has the READ" ninep_wait fired 1 "$ninep_ordered"
	kill -KILL "$killed_pid"
	check "$1, $2: the reader goes" wait_until 5 'the reader to end' has_ended "$killed_pid"
	wait "$killed_pid"
	flushes=$((flushes + $(ninep_get flushed) - killed_flushed))
	check "$1, $2: another one reads the file" [ "$(sha256 "$ninep_mountpoint/file")" = "$expected" ]
	check "$1, $2: it is unmounted" ninep_unmount
}

plan 22
flushes=0
check 'the server starts' ninep_start
seeded "$CRUCIBLE_SEED" 100000 >"$ninep_export/file"
expected=$(sha256 "$ninep_export/file")
killed_while none 'before-read key=file hold'
killed_while none 'after-read key=file hold'
killed_while loose 'before-read key=file hold'
killed_while loose 'after-read key=file hold'
evidence flushes "$flushes"
check 'no fid is left behind' [ "$(ninep_get unclunked)" = 0 ]
