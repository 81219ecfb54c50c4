#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# many-files.sh VERSION FILES: a mount with that many small files. Every one has a cookie and a cache file
# of its own; a remount finds all of them, and none is given another's content.
. "$CRUCIBLE_LIB/nfs.sh"

# In folders, so that no listing is long.
folders=40
per_folder=$(($2 / folders))

fill() {
	folder=0
	while [ $folder -lt $folders ]; do
		mkdir "$nfsd_export/d$folder" && populate "$nfsd_export/d$folder" $((folder * per_folder)) $per_folder 4096 "$CRUCIBLE_SEED" || return
		folder=$((folder + 1))
	done
}

plan 6
nfs_sizes=
nfs_begin "$1"
fill || give_up 'the files were not made'
server_hash=$(sha256_all "$nfsd_export")
nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
evidence cookies "$(fscache_rows cookies)"
evidence cold_server_reads "$cold_server_reads"
check 'unmounting gives every cookie back' nfs_umount
cache_files
check 'each file has a cache file' [ "$cache_files" -eq "$2" ]

nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint"
check 'warm read gives the content of the server' [ "$warm_out" = "$server_hash" ]
check 'warm read is served without a READ on the server' [ "$warm_server_reads" -eq 0 ]
check 'every file is read from the cache' [ "$warm_cache_reads" -ge "$2" ]
evidence cache_files "$cache_files"
evidence warm_cache_reads "$warm_cache_reads"
