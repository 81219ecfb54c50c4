#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A file that is mostly holes, with islands of data at odd places and one in its last page: what is cached of it is what the server has.
. "$CRUCIBLE_LIB/nfs.sh"

plan 5
nfs_sizes=
nfs_begin "$1"
sparse=$nfsd_export/sparse
: >"$sparse"
fileop --plain "$sparse" truncate 12582912 write 4000 200 1 write 1048576 4096 2 write 5000003 70001 3 write 12582911 1 4 ||
	give_up 'the sparse file was not made'
server_hash=$(sha256_all "$nfsd_export")
evidence file_bytes "$(stat -c %s "$sparse")"
evidence allocated_bytes $(($(stat -c %b "$sparse") * 512))

nfs_mount fsc
# From the middle first, so that the cache file is sparse for a while, too.
dd if="$nfs_mountpoint/sparse" of=middle bs=65536 skip=70 count=20 2>/dev/null
check 'a part of it is right' [ "$(sha256 middle)" = "$(dd if="$sparse" bs=65536 skip=70 count=20 2>/dev/null | sha256sum | cut -d ' ' -f 1)" ]
nfs_umount
nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
check 'all of it is right, with a part in the cache' [ "$cold_out" = "$server_hash" ]
check 'that part is not read again' [ "$cold_server_bytes" -lt 12582912 ]
evidence partial_cache_reads "$cold_cache_reads"
nfs_umount

nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint" sha256_mapped
check 'holes come out of the cache as zeroes' [ "$warm_out" = "$server_hash" ]
check 'warm read is served without a READ on the server' [ "$warm_server_reads" -eq 0 ]
evidence warm_cache_reads "$warm_cache_reads"
