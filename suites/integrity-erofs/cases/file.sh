#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file of an image is read in every way by three processes at once, cold, then warm, and compared with what was packed.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/exercise.sh"

operations=$1
shift
plan 8
mkdir source
# Odd in length, so that the last block is not full, with a hole in the middle of it.
{ seeded "$CRUCIBLE_SEED" 2000000; head -c 1000000 /dev/zero; seeded $((CRUCIBLE_SEED + 1)) 1000123; } >source/big
ondemand_disk "$CRUCIBLE_DISK_CACHE"
ondemand_chunks
erofs_pack big.erofs source "$@"
must 'the daemon binds the cache' ondemand_start
must 'the image mounts' erofs_mount big.erofs mnt
exercised_together cold 3 --operations "$operations" --read-only source/big mnt/big
check 'cold, every reader finds what was packed' finished cold $((3 * operations))
evidence read_bytes "$(did cold read_bytes)"
evidence cold_reads "$(ondemand_get reads)"
check 'unmount closes the object' erofs_unmount mnt 1
echo 3 >/proc/sys/vm/drop_caches
must 'the image mounts again' erofs_mount big.erofs mnt
before=$(cache_reads)
exercised_together warm 3 --operations "$operations" --read-only source/big mnt/big
check 'warm, every reader finds what was packed' finished warm $((3 * operations))
evidence warm_cache_reads $(($(cache_reads) - before))
check 'unmount closes the object again' erofs_unmount mnt 2
check 'the daemon ends' ondemand_stop
