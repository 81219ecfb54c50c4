#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Memory gets short and clean pages are dropped while cached files are read; what is read is right, and comes from the cache.
. "$CRUCIBLE_LIB/cache-stack.sh"

more_than() {
	[ "$(wc -l <seen)" -gt "$1" ]
}

plan 7
begin
client_mount fscache
read_all cold
client_umount
check 'the files are in the cache' [ "$(cache_file_count)" -eq 3 ]
client_mount fscache
: >seen
while [ ! -e enough ]; do
	sha256_all $mountpoint >>seen
done &
reader=$!
at_exit 'touch enough; wait $reader || :'
fault_arm pressure || give_up 'memory could not be taken'
for round in 1 2 3; do
	fault_arm "drop-$round" || give_up 'pages could not be dropped'
	[ $round -gt 1 ] || before=$(cache_reads)
	rounds=$(wc -l <seen)
	check "after drop $round the reader goes on" wait_until 60 'another round of the reader' more_than "$rounds"
	fault_disarm "drop-$round"
done
fault_disarm pressure
touch enough
wait $reader
evidence rounds "$(wc -l <seen)"
# From the first drop on: what was read before filled memory.
evidence pressed_cache_reads $(($(cache_reads) - before))
check 'every read gave the content of the server' [ "$(sort -u seen)" = "$server_hash" ]
client_umount
check_cache_works
