#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file of an image is read in every way by three processes at once, cold, then warm, and compared with what was packed.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/exercise.sh"

# read_together NAME: three readers, each in an order of its own.
read_together() {
	reader_pids= readers_right=0
	for reader in 1 2 3; do
		exercise --seed $((CRUCIBLE_SEED + reader)) --operations "$operations" --read-only source/big mnt/big >"$1.said.$reader" 2>&1 &
		reader_pids="$reader_pids $!"
	done
	for reader_pid in $reader_pids; do
		wait "$reader_pid" && readers_right=$((readers_right + 1))
	done
	cat "$1".said.* >"$1.said"
	[ $readers_right -eq 3 ] || {
		show "$1.said" 'exercise said'
		return 1
	}
}

operations=$1
shift
plan 8
mkdir source
# Odd in length, so that the last block is not full, with a hole in the middle of it.
{ seeded "$CRUCIBLE_SEED" 2000000; head -c 1000000 /dev/zero; seeded $((CRUCIBLE_SEED + 1)) 1000123; } >source/big
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack big.erofs source "$@"
must 'the daemon binds the cache' ondemand_start
must 'the image mounts' erofs_mount big.erofs mnt
check 'cold, every reader finds what was packed' read_together cold
evidence read_bytes "$(did cold read_bytes)"
evidence cold_reads "$(ondemand_get reads)"
check 'unmount closes the object' erofs_unmount mnt 1
echo 3 >/proc/sys/vm/drop_caches
must 'the image mounts again' erofs_mount big.erofs mnt
before=$(cache_reads)
check 'warm, every reader finds what was packed' read_together warm
evidence warm_cache_reads $(($(cache_reads) - before))
check 'unmount closes the object again' erofs_unmount mnt 2
check 'the daemon ends' ondemand_stop
