#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Read everything cold, again from the mount after dropping the page cache, again from a new mount, and again with the cache wiped.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 16
tree_make source 1048576
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack tree.erofs source
evidence file_bytes "$(tree_bytes source)"
evidence image_bytes "$(stat -c %s images/tree.erofs)"

must 'the daemon binds the cache' ondemand_start
must 'the image mounts' erofs_mount tree.erofs mnt
check 'cold: every file has its content' same_tree expected mnt
cold_reads=$(ondemand_get reads)
evidence cold_reads "$cold_reads"
evidence cold_read_bytes "$(ondemand_get read_bytes)"

echo 3 >/proc/sys/vm/drop_caches
cache_reads_before=$(cache_reads)
check 'page cache dropped: every file has its content' same_tree expected mnt
dropped_reads=$(($(ondemand_get reads) - cold_reads))
evidence dropped_reads "$dropped_reads"
check 'page cache dropped: the daemon was asked for nothing' [ "$dropped_reads" -eq 0 ]
evidence dropped_cache_reads $(($(cache_reads) - cache_reads_before))

check 'unmount closes the object' erofs_unmount mnt 1
evidence cache_bytes "$(ondemand_cache_bytes)"
echo 3 >/proc/sys/vm/drop_caches
cache_reads_before=$(cache_reads)
must 'the image mounts again' erofs_mount tree.erofs mnt
check 'warm: every file has its content' same_tree expected mnt
warm_reads=$(($(ondemand_get reads) - cold_reads - dropped_reads))
evidence warm_reads "$warm_reads"
check 'warm: the daemon was asked for nothing' [ "$warm_reads" -eq 0 ]
evidence warm_cache_reads $(($(cache_reads) - cache_reads_before))
check 'unmount closes the object again' erofs_unmount mnt 2
evidence opens "$(ondemand_get opens)"
evidence failures "$(ondemand_get failures)"
check 'the daemon ends' ondemand_stop

# Control: were the reads above served from anything but the cache files, nothing would be asked for now either.
ondemand_forget
must 'the daemon binds the wiped cache' ondemand_start
must 'the image mounts over the wiped cache' erofs_mount tree.erofs mnt
check 'wiped: every file has its content' same_tree expected mnt
wiped_reads=$(ondemand_get reads)
check 'wiped: the daemon was asked again' [ "$wiped_reads" -eq "$cold_reads" ]
evidence wiped_reads "$wiped_reads"
check 'the daemon ends after the last unmount' eval 'erofs_unmount mnt 1 && ondemand_stop'
