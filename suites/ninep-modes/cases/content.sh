#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# content.sh TRANSPORT: what is written in a mode is on the server, and what is on the server is read in each, with and without a cache.
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# content_of DIRECTORY: one hash, as sha256_all has it, through a mount without any cache; nothing of another mount stands between.
server_content() {
	ninep_mount none && sha256_all "$ninep_mountpoint" && ninep_unmount
}

modes=$(ninep_modes)
plan $((3 + 4 * $(echo $modes | wc -w)))
at_exit cache_stop
check 'the cache is active' cache_start "$CRUCIBLE_DISK_CACHE"
check "the server is there" "$1_start"
check 'requests are counted' ninep_trace
writes=0
mkdir -p source
seeded "$CRUCIBLE_SEED" 700001 >source/large
seeded "$((CRUCIBLE_SEED + 1))" 4096 >source/page
seeded "$((CRUCIBLE_SEED + 2))" 33 >source/small
: >source/empty
expected=$(sha256_all source)
for mode in $modes; do
	ninep_mount "$mode" || give_up "no mount with cache=$mode"
	rm -f "$ninep_mountpoint"/*
	before=$(ninep_traced WRITE)
	cp source/* "$ninep_mountpoint"
	check "$mode: what was written is read back under the same mount" [ "$(sha256_all "$ninep_mountpoint")" = "$expected" ]
	check "$mode: it is unmounted" ninep_unmount
	writes=$((writes + $(ninep_traced WRITE) - before))
	check "$mode: the server has it" [ "$(server_content)" = "$expected" ]
	ninep_mount "$mode"
	before=$(($(ninep_traced READ) + $(cache_reads)))
	check "$mode: it is read after a remount" [ "$(sha256_all "$ninep_mountpoint")" = "$expected" ]
	# Of the server, and of the cache, which 6.1 has for `loose`, too.
	evidence "reads_$mode" $(($(ninep_traced READ) + $(cache_reads) - before))
	ninep_unmount
done
evidence writes "$writes"
