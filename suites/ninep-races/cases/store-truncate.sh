#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A store through a mapping has its page when a truncate takes that page out of the file; it may not go to a page that is nobody's.
for part in ktap wait fscache-stats race ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

plan 8
check 'the server is there' ninep_start
printf old >"$ninep_export/file"
check 'it is mounted' ninep_mount loose
exec 3<>"$ninep_mountpoint/file"
# Its page is in the page cache, and in no page table: to take it away interrupts no other CPU.
fdio 3 read 0 10 >/dev/null
printf new | taskset -c "$(cpu_of storer)" fdio 3 store 0 &
storer=$!
at_exit "kill -KILL $storer 2>/dev/null || :"
check 'the store has found its page' step 1
before=$(ninep_get setattr file)
check 'the file is cut' fdio 3 truncate 0
check 'and grown again' fdio 3 truncate 3
evidence truncates $(($(ninep_get setattr file) - before))
mark 'the file was cut'
check 'the store ends' wait_until 10 'the storer to end' has_ended "$storer"
wait "$storer"
check 'what was stored is in the file' [ "$(fdio 3 read 0 3)" = new ]
fdio 3 fsync
exec 3<&-
check 'and on the server' [ "$(cat "$ninep_export/file")" = new ]
