#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A server that calls its files append-only or exclusive: with cache=none every read still asks it (known bug 52).
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# changed_under OPENER: the file is read, changed on the server, read again through the same descriptor.
reread() {
	echo first >"$ninep_export/$1"
	exec 3<"$ninep_mountpoint/$1"
	reread_first=$(fdio 3 read 0 4096)
	before=$(ninep_get read "$1")
	echo other >"$ninep_export/$1"
	reread_second=$(fdio 3 read 0 4096)
	reads=$(($(ninep_get read "$1") - before))
	exec 3<&-
}

plan 7
check 'the server starts' ninep_start
check 'it is mounted with cache=none' ninep_mount none
again=0
# P9_QTAPPEND, P9_QTEXCL, P9_QTTMP and all of them, of a file that is a plain one in its mode.
for flags in 0x40 0x20 0x04 0x64; do
	ninep_order "after-any key=flags-$flags times=1000 qid-type=$flags"
	reread "flags-$flags"
	again=$((again + reads))
	check "flags $flags: the change on the server is read" [ "$reread_first-$reread_second" = first-other ]
done
evidence lies "$(ninep_get fired)"
evidence reads_again "$again"
ninep_unmount

# The control: a mount that may cache gives the old content, without a request.
ninep_mount loose
reread plain
check 'with cache=loose it is not' [ "$reread_first-$reread_second" = first-first ]
evidence control_reads_again "$reads"
