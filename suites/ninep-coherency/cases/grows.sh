#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# grows.sh SERVER: a file grows on the server while a consumer on the mount has it open, as a log does; each read goes on where the last one ended (known bug 47).
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

plan 7
check 'the server is there' "$1_start"
ninep_trace
: >"$ninep_export/log"
check 'it is mounted with cache=none' ninep_mount none
exec 3<"$ninep_mountpoint/log"
before=$(ninep_traced READ)
check 'there is nothing in it yet' [ -z "$(fdio 3 read 0 4096)" ]
echo one >>"$ninep_export/log"
check 'the first line is read' [ "$(fdio 3 read 0 4096)" = one ]
seeded "$CRUCIBLE_SEED" 20000 >more
cat more >>"$ninep_export/log"
fdio 3 read 4 40000 >seen
check 'then what came after it' cmp -s seen more
: >"$ninep_export/log"
check 'nothing when it begins anew' [ -z "$(fdio 3 read 0 4096)" ]
echo two >"$ninep_export/log"
check 'and then the new line' [ "$(fdio 3 read 0 4096)" = two ]
exec 3<&-
evidence reads $(($(ninep_traced READ) - before))

# The control: a mount with cache=loose has the length that it saw first.
ninep_unmount
: >"$ninep_export/log"
ninep_mount loose
exec 3<"$ninep_mountpoint/log"
fdio 3 read 0 4096 >/dev/null
echo three >"$ninep_export/log"
evidence control_bytes "$(fdio 3 read 0 4096 | wc -c)"
exec 3<&-
