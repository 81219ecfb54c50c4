#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# An export is mounted with fsc and, as another file system, without. The cache is touched for the first only; what is written through
# the second, which no cache knows of, is read through the first at the next open.
. "$CRUCIBLE_LIB/nfs.sh"

second=/run/mnt2

large='write 100000 300000 5 truncate 2000000'
medium='direct 8192 4096 6'

plan 10
nfs_begin "$1"
mkdir $second
at_exit "rmdir $second"
at_exit "nfs_umount $second"
nfs_mount nosharecache,fsc
nfs_mount nosharecache $second
measure without sha256_all $second
check 'the mount without fsc gives the content of the server' [ "$without_out" = "$server_hash" ]
check 'it does not touch the cache' [ "$((without_cache_reads + without_cache_writes))" -eq 0 ]
measure cold sha256_all "$nfs_mountpoint"
check 'the mount with fsc gives the content of the server' [ "$cold_out" = "$server_hash" ]
check 'and caches it' [ "$cold_cache_writes" -gt 0 ]

cp -r "$nfsd_export" reference
fileop --plain reference/large $large && fileop --plain reference/medium $medium || give_up 'the reference was not made'
check 'the other one writes a file, and cuts it' fileop $second/large $large
check 'and writes another by direct I/O' fileop $second/medium $medium
server_hash=$(sha256_all reference)
check 'the server has what the same makes of a copy' [ "$(sha256_all "$nfsd_export")" = "$server_hash" ]
measure changed sha256_all "$nfs_mountpoint"
check 'what the other one wrote is read fresh' [ "$changed_out" = "$server_hash" ]
evidence changed_server_read_bytes "$changed_server_bytes"
nfs_umount

nfs_mount nosharecache,fsc
measure warm sha256_all "$nfs_mountpoint"
check 'after a remount it is still fresh' [ "$warm_out" = "$server_hash" ]
check 'and comes from the cache' [ "$warm_cache_reads" -gt 0 ]
evidence cold_cache_writes "$cold_cache_writes"
evidence warm_cache_reads "$warm_cache_reads"
