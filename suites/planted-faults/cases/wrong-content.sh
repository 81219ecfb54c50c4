#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A page of a cache file is overwritten on the disk, where no error tells of it: only who compares content can see that.
. "$CRUCIBLE_LIB/cache-stack.sh"

plan 3
begin
client_mount fscache
read_all cold
check 'the cold read gives the content of the server' [ "$cold_hash" = "$server_hash" ]
client_umount
large=$(find "$cache_mount/fscache/cache" -type f -size +200k)
check 'a page of the cache file is overwritten' dd if=/dev/zero of="$large" bs=4096 seek=10 count=1 conv=notrunc,fsync
client_mount fscache
read_all warm
check 'the warm read gives the content of the server' [ "$warm_hash" = "$server_hash" ]
evidence warm_cache_reads "$warm_cache_reads"
