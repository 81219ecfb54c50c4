#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A file that is open and cached changes on the server. Whoever then takes a lock on it sees the change, without opening it again:
# neither the page cache nor the cache on disk serves what was before.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/holder.sh"

plan 6
nfs_begin "$1"
nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
holder_start "$nfs_mountpoint/medium"
check 'the open file is read' holder_does read 0 524288 before
seeded "$((CRUCIBLE_SEED + 10))" 524288 >"$nfsd_export/medium"
check 'a lock is taken' holder_does lock
check 'the file is read under the lock' holder_does read 0 524288 after
check 'it is what the server holds now' cmp -s after "$nfsd_export/medium"
check 'the lock is given back' holder_does unlock
evidence changed "$(cmp -s before after && echo 0 || echo 1)"
evidence cold_cache_writes "$cold_cache_writes"
