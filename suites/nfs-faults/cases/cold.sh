#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# cold.sh VERSION: the fault `server`, if the case has one, is there while the cache is filled; all that is read and cached is right.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/net.sh"
. "$CRUCIBLE_LIB/fault.sh"

faults_needed
plan 3
nfs_patience=hard,timeo=50
net_begin
nfs_begin "$1"
nfs_mount fsc
[ -z "$CRUCIBLE_FAULTS" ] || fault_arm server || give_up 'the fault could not be armed'
measure cold sha256_all "$nfs_mountpoint"
check 'the cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
nfs_umount
[ -z "$CRUCIBLE_FAULTS" ] || fault_disarm server
nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint"
check 'the warm read gives the content of the server' [ "$warm_out" = "$server_hash" ]
check 'it is served without a READ on the server' [ "$warm_server_reads" -eq 0 ]
evidence cold_server_read_bytes "$cold_server_bytes"
evidence warm_cache_reads "$warm_cache_reads"
