#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tree.sh VERSION OPERATIONS: two processes make, link, rename, write and remove files on a mount with fsc; names, link counts, sizes and
# content are what they must be at every look, and on the server in the end.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/exercise.sh"

plan 4
nfs_sizes=
nfs_begin "$1"
nfs_mount fsc
mkdir "$nfs_mountpoint/one" "$nfs_mountpoint/two"
exercised two exercise-tree --operations "$2" "$nfs_mountpoint/two" &
other=$!
measure one exercised one exercise-tree --operations "$2" "$nfs_mountpoint/one"
wait $other
check 'one process finds what it made' finished one "$2"
check 'so does the other' finished two "$2"
client_hash=$(sha256_all "$nfs_mountpoint")
check 'the server has the same content' [ "$client_hash" = "$(sha256_all "$nfsd_export")" ]
nfs_umount

nfs_mount fsc
check 'and so has a new mount' [ "$(sha256_all "$nfs_mountpoint")" = "$client_hash" ]
evidence verified "$(did one verified)"
evidence renamed "$(did one renamed)"
evidence linked "$(did one linked)"
evidence cache_writes "$one_cache_writes"
