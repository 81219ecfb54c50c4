#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Several readers go through a cold image at once, each from another end; the daemon answers one request at a time.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

readers=4
plan 9
tree_make source 4194304
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack tree.erofs source
evidence file_bytes "$(tree_bytes source)"
sha256sum <source/big >expected-big

# read_big NUMBER: the big file's hash, after having read its quarters in an order of this reader's own.
read_big() {
	for step in 0 1 2 3; do
		dd if=mnt/big bs=65536 skip=$(((($1 + step) % 4) * 16)) count=16 >"quarter-$1-$((($1 + step) % 4))" 2>/dev/null || return 1
	done
	cat "quarter-$1-0" "quarter-$1-1" "quarter-$1-2" "quarter-$1-3" | sha256sum | cmp -s - expected-big
}

read_all_at_once() {
	pids=
	for number in $(seq 1 $readers); do
		read_big "$number" &
		pids="$pids $!"
	done
	right=0
	for pid in $pids; do
		wait "$pid" && right=$((right + 1))
	done
	[ "$right" = $readers ]
}

must 'the daemon binds the cache' ondemand_start
must 'the image mounts' erofs_mount tree.erofs mnt
check 'cold: every reader got the right bytes' read_all_at_once
evidence right_readers "$right"
cold_reads=$(ondemand_get reads)
evidence cold_reads "$cold_reads"
check 'the whole tree has its content' same_tree expected mnt
all_reads=$(ondemand_get reads)
echo 3 >/proc/sys/vm/drop_caches
cache_reads_before=$(cache_reads)
check 'warm: every reader got the right bytes' read_all_at_once
warm_reads=$(($(ondemand_get reads) - all_reads))
check 'warm: the daemon was asked for nothing' [ "$warm_reads" -eq 0 ]
evidence warm_reads "$warm_reads"
evidence warm_cache_reads $(($(cache_reads) - cache_reads_before))
check 'unmount closes the object' erofs_unmount mnt 1
evidence failures "$(ondemand_get failures)"
check 'the daemon ends' ondemand_stop
check 'nothing was complained of' [ ! -s "$ondemand_log" ]
