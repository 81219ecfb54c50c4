#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The mark on a volume's folder cannot be read, and the folder cannot be buried: the cache does without that volume, and does not try for ever.
. "$CRUCIBLE_LIB/cache-stack.sh"

# What count_begin counts for.
fault_name=mark

plan 6
begin
client_mount fscache
read_all cold
client_umount
volume=$(echo "$cache_mount"/fscache/cache/I*)
check 'the volume has a folder' [ -d "$volume" ]
# Longer than what the kernel reads it into: ERANGE, error 34.
setfattr -n user.CacheFiles.cache -v "$(head -c 600 /dev/zero | tr '\0' x)" "$volume" || give_up 'setfattr'
rmdir "$cache_mount/fscache/graveyard"
count_begin cachefiles/cachefiles_vfs_error 'error == -34' || give_up 'no trace'
at_exit count_end
client_mount fscache
read_all broken
tries=$(count_events)
check 'the read gives the content of the server' [ "$broken_hash" = "$server_hash" ]
check 'the mark is read once, and given up' [ "$tries" -eq 1 ]
check 'the mount is given up, and every cookie with it' client_umount
evidence tries "$tries"
restart
check_cache_works
