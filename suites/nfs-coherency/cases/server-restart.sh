#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The server goes away between two reads of an open file and comes back while the second one waits for it. The read ends with the right
# content, what was cached before stays good, and what is cached after is good, too.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/holder.sh"

plan 8
nfs_begin "$1"
nfs_mount fsc,hard
holder_start "$nfs_mountpoint/large"
check 'the first half is read' holder_does read 0 1572864 first-half
settle
nfsd_down
holder_order read 1572864 1572864 second-half
check 'the second half waits for the server' wait_until 10 'the reader to wait' holder_reads
evidence waited "$(holder_reads && echo 1 || echo 0)"
check 'the server comes back' nfsd_up
check 'the second half is read' holder_answer
cat first-half second-half >whole
check 'the content is right' cmp -s whole "$nfsd_export/large"
holder_stop
measure after sha256_all "$nfs_mountpoint"
check 'all files give the content of the server' [ "$after_out" = "$server_hash" ]
nfs_umount

# hard and soft mounts have volumes of their own.
nfs_mount fsc,hard
measure warm sha256_all "$nfs_mountpoint"
check 'after a remount they come from the cache' [ "$warm_out" = "$server_hash" ]
check 'without a READ on the server' [ "$warm_server_reads" -eq 0 ]
evidence warm_cache_reads "$warm_cache_reads"
