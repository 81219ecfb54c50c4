#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# daemon.sh gone|there: cachefilesd meets the fault `daemon` between two files of a cold read; the cache is gone then, or still there. The
# reader gets the content of the server either way, and a cachefilesd that is started again serves a cache that works.
. "$CRUCIBLE_LIB/cache-stack.sh"

faults_needed
plan 7
begin
client_mount fscache
check 'a file is read before' [ "$(wc -c <$mountpoint/large)" -eq 262144 ]
fault_arm daemon || give_up 'the fault could not be armed'
check 'it comes to that' wait_until 10 'the fault to fire' fault_has_fired daemon
case $1 in
gone) check 'the cache is withdrawn' wait_until 10 'the cache to be withdrawn' cache_is_withdrawn ;;
there) check 'the cache is there' cache_is_active ;;
esac
read_all cold
case $1 in
gone) check 'nothing more is cached' [ "$cold_cache_writes" -eq 0 ] ;;
there) check 'what is read is cached' [ "$cold_cache_writes" -gt 0 ] ;;
esac
check 'everything read gives the content of the server' [ "$cold_hash" = "$server_hash" ]
fault_disarm daemon
client_umount
restart
check_cache_works
