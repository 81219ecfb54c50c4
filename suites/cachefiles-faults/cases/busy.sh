#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Modules that are in use, directly or by a mount above them, cannot be unloaded, and the attempt harms nothing.
. "$CRUCIBLE_LIB/cache-stack.sh"

plan 7
begin
client_mount fscache
read_all cold
for fault in cachefiles netfs filesystem; do
	check "$fault cannot be unloaded" fault_arm $fault
	fault_disarm $fault
done
read_all again
check 'the read gives the content of the server' [ "$cold_hash,$again_hash" = "$server_hash,$server_hash" ]
check 'the mount is given up, and every cookie with it' client_umount
check_cache_works
