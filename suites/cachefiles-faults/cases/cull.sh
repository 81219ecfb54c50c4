#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# cachefilesd is killed when it is about to have the kernel cull a file, or has just had it culled.
. "$CRUCIBLE_LIB/cache-stack.sh"

faults_needed
plan 6
begin
# cachefilesd looked for what it could cull when it began, found nothing, and looks again only when five files were released.
client_mount none
for each in 1 2 3; do
	seeded "$((CRUCIBLE_SEED + each))" 4096 >$mountpoint/small-$each
done
server_hash=$(sha256_all $mountpoint)
client_umount
client_mount fscache
read_all cold
client_umount
check 'the files are in the cache' [ "$(cache_file_count)" -eq 6 ]
client_mount none
seeded "$((CRUCIBLE_SEED + 1))" 4096 >$mountpoint/new
server_hash=$(sha256_all $mountpoint)
client_umount
fault_arm cull || give_up 'cachefilesd could not be traced'
# Between the thresholds for culling, 7 %, and for refusing, 3 %, of 512 MiB.
free_mib=$(stat -f -c '%a %S' "$cache_mount" | awk '{ print int($1 * $2 / 1048576) }')
fallocate -l "$((free_mib - 25))M" "$cache_mount/filler"
at_exit 'rm -f "$cache_mount/filler"'
client_mount fscache
# The kernel looks at the space that is left when a file is made in the cache, which has to be for one that it does not have.
cat $mountpoint/new >/dev/null
check 'cachefilesd comes to cull' wait_until 20 'an order of culling' fault_has_fired cull
check 'the cache is withdrawn' wait_until 10 'the cache to be withdrawn' cache_is_withdrawn
read_all broken
check 'the read gives the content of the server' [ "$broken_hash" = "$server_hash" ]
fault_disarm cull
client_umount
rm "$cache_mount/filler"
restart
check_cache_works
