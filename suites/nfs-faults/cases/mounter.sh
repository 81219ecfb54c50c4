#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# mounter.sh VERSION: a mount whose server does not answer is killed; nothing stays of it, and the next mount works.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/net.sh"
. "$CRUCIBLE_LIB/fault.sh"

plan 5
nfs_patience=hard,timeo=20
net_begin
nfs_begin "$1"
fault_arm server || give_up 'the fault could not be armed'
in_client mount.nfs "$nfs_server:/" "$nfs_mountpoint" -o "vers=$1,$nfs_patience,fsc" 2>mounter.log &
mounter=$!
at_exit 'kill -KILL $mounter 2>/dev/null; wait $mounter'
check 'the mounter asks the server in vain' wait_until 20 'the fault to fire' fault_has_fired server
fault_arm kill || give_up 'the mounter could not be killed'
check 'killed, it ends' wait_until 10 'the mounter to end' has_ended $mounter
check 'nothing is mounted' eval '! is_mounted "$nfs_mountpoint"'
fault_disarm kill
fault_disarm server
nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
nfs_umount
nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint"
check 'a new mount gives the content of the server' [ "$cold_out,$warm_out" = "$server_hash,$server_hash" ]
check 'and the next one gives it from the cache' [ "$warm_server_reads" -eq 0 ]
evidence warm_cache_reads "$warm_cache_reads"
