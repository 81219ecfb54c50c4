#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A file that is open and cached changes on the server. Whoever then takes a lock on it sees the change, without opening it again:
# neither the page cache nor the cache on disk serves what was before. Without the lock it is not seen: attributes are good for a minute.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/holder.sh"

plan 7
nfs_begin "$1"
# The recall of a delegation would tell of the change.
echo 0 >/proc/sys/fs/leases-enable
at_exit 'echo 1 >/proc/sys/fs/leases-enable'
nfs_mount fsc,actimeo=60
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
holder_start "$nfs_mountpoint/medium"
check 'the open file is read' holder_does read 0 524288 before
seeded "$((CRUCIBLE_SEED + 10))" 524288 >"$nfsd_export/medium"
check 'it is read without a lock' holder_does read 0 524288 unlocked
check 'a lock is taken' holder_does lock
check 'the file is read under the lock' holder_does read 0 524288 after
check 'it is what the server holds now' cmp -s after "$nfsd_export/medium"
check 'the lock is given back' holder_does unlock
evidence stale_without_lock "$(cmp -s before unlocked && echo 1 || echo 0)"
evidence changed "$(cmp -s before after && echo 0 || echo 1)"
evidence cold_cache_writes "$cold_cache_writes"
