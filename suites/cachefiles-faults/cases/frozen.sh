#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The cache's file system is frozen when the mount gives its cookies back: the cache waits for the thaw and writes nothing before it,
# neither the name of a new file nor the mark of one that was written through the mount.
. "$CRUCIBLE_LIB/cache-stack.sh"


plan 5
begin
client_mount fscache
read_all cold
check 'the cold read gives the content of the server' [ "$cold_hash" = "$server_hash" ]
# The same bytes.
cat $mountpoint/small >copy
dd if=copy of=$mountpoint/small conv=notrunc,fsync 2>/dev/null
settle
fault_arm frozen || give_up 'the file system could not be frozen'
umount $mountpoint
# One for each file.
check 'the cache waits for the thaw' wait_until 20 'three cookies to wait for the thaw' fault_has_fired frozen 3
fault_disarm frozen
check 'then it goes on' wait_until 10 'the cookies to be given back' cookies_are_gone
check_cache_works
