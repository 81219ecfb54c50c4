#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# cold.sh [LIMITS]: the fault `broken`, if the case has one, is there while a cold read wants to fill the cache; only the first file was
# read before. The reader gets the content of the server; when the fault is gone and cachefilesd was started again, on what is on the disk,
# the cache works as ever.
. "$CRUCIBLE_LIB/cache-stack.sh"

cache_limits=${1:-}
faults_needed
plan 6
begin
client_mount fscache
check 'a file is read' [ "$(wc -c <$mountpoint/small)" -eq 4096 ]
settle
[ -z "$CRUCIBLE_FAULTS" ] || fault_arm broken || give_up 'the fault could not be armed'
read_all cold
check 'the cold read gives the content of the server' [ "$cold_hash" = "$server_hash" ]
evidence cold_cache_writes "$cold_cache_writes"
[ -z "$CRUCIBLE_FAULTS" ] || fault_disarm broken || give_up 'the fault could not be disarmed'
check 'the mount is given up, and every cookie with it' client_umount
check 'the cache starts again' restart
check_cache_works
