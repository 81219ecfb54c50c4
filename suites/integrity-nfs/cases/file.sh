#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# file.sh VERSION OPERATIONS [OPTION...]: one file is read and written in every way on a mount with fsc, and then by three processes at
# once; each read gives what was written. In the end the server has it too.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/exercise.sh"

version=$1
operations=$2
shift 2
plan 5
nfs_sizes=
nfs_begin "$version"
nfs_mount fsc
measure alone exercised alone exercise --operations "$operations" "$@" "$nfs_mountpoint/file"
check 'one process reads what it wrote' finished alone "$operations"
check 'some of it comes from the cache' [ "$alone_cache_reads" -gt 0 ]
measure together exercised_together together 3 --operations "$operations" "$nfs_mountpoint/shared"
check 'three processes read what they wrote' finished together $((3 * operations))
client_hash=$(sha256_all "$nfs_mountpoint")
check 'the server has the same content' [ "$client_hash" = "$(sha256_all "$nfsd_export")" ]
nfs_umount

nfs_mount fsc
check 'and so has a new mount' [ "$(sha256_all "$nfs_mountpoint")" = "$client_hash" ]
evidence read_only_bytes "$(($(did alone read_only_bytes) + $(did together read_only_bytes)))"
evidence written_bytes "$(($(did alone written_bytes) + $(did together written_bytes)))"
evidence cache_reads "$((alone_cache_reads + together_cache_reads))"
