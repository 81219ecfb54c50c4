#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# On the server a cached file is deleted, and another one with the same name and size is created that gets the same inode number and
# generation: the same file handle, and so the same cache file. Only its times tell that it is another.
. "$CRUCIBLE_LIB/nfs.sh"

# recreate NAME SEED BYTES: makes the file anew with the inode number and the generation that it had.
recreate() {
	recreate_handle=$(handle "$nfsd_export/$1")
	rm "$nfsd_export/$1"
	# ext4 takes the lowest inode number that is free in the folder's group; freed ones come back when they are committed.
	sync
	wait_until 10 'the inode number to be used again' same_handle "$@"
}

same_handle() {
	rm -f "$nfsd_export/$1"
	seeded "$2" "$3" >"$nfsd_export/$1"
	handle "$nfsd_export/$1" "$recreate_handle" 2>handle.log
}

plan 7
# metadata_csum makes ext4 refuse the ioctl that sets a generation.
mkfs.ext4 -q -F -O ^metadata_csum "$CRUCIBLE_DISK_EXPORT" || give_up 'mkfs.ext4'
nfs_begin "$1" "$CRUCIBLE_DISK_EXPORT"
nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
handle_before=$(handle "$nfsd_export/medium")

recreate medium "$((CRUCIBLE_SEED + 10))" 524288 || give_up "no file with the same handle: $(cat handle.log)"
check 'the new file has the handle of the old one' [ "$(handle "$nfsd_export/medium")" = "$handle_before" ]
server_hash=$(sha256_all "$nfsd_export")
measure mounted sha256_all "$nfs_mountpoint"
check 'under the mount the next open gets the new file' [ "$mounted_out" = "$server_hash" ]
check 'it comes from the server' [ "$mounted_server_bytes" -ge 524288 ]
nfs_umount

recreate medium "$((CRUCIBLE_SEED + 20))" 524288 || give_up "no file with the same handle: $(cat handle.log)"
server_hash=$(sha256_all "$nfsd_export")
nfs_mount fsc
measure remounted sha256_all "$nfs_mountpoint"
check 'and so does the first open of a new mount' [ "$remounted_out" = "$server_hash" ]
check 'the others come from the cache' [ "$remounted_server_bytes" -lt 3145728 ]
evidence remounted_cache_reads "$remounted_cache_reads"
nfs_umount

nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint"
check 'the new content is cached in turn' [ "$warm_out $warm_server_reads" = "$server_hash 0" ]
