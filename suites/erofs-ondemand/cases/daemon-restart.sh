#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The daemon that filled the cache ends; the one that comes after it finds everything on disk.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 11
tree_make source 2097152
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack tree.erofs source
evidence file_bytes "$(tree_bytes source)"

must 'the first daemon binds the cache' ondemand_start
must 'the image mounts' erofs_mount tree.erofs mnt
check 'first daemon: every file has its content' same_tree expected mnt
evidence first_reads "$(ondemand_get reads)"
evidence first_read_bytes "$(ondemand_get read_bytes)"
check 'unmount closes the object' erofs_unmount mnt 1
check 'the first daemon ends' ondemand_stop
evidence cache_bytes "$(ondemand_cache_bytes)"

# Nothing is left in memory to be served from: the file system is a new mount and the cache files leave the page cache.
echo 3 >/proc/sys/vm/drop_caches
cache_reads_before=$(cache_reads)
must 'the second daemon binds the same cache' ondemand_start
must 'the image mounts through the second daemon' erofs_mount tree.erofs mnt
check 'second daemon: every file has its content' same_tree expected mnt
evidence second_opens "$(ondemand_get opens)"
second_reads=$(ondemand_get reads)
check 'second daemon: it was asked for nothing' [ "$second_reads" -eq 0 ]
evidence second_reads "$second_reads"
evidence second_cache_reads $(($(cache_reads) - cache_reads_before))
check 'unmount closes the object of the second daemon' erofs_unmount mnt 1
check 'the second daemon ends' ondemand_stop
