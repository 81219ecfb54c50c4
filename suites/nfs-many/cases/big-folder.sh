#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# big-folder.sh VERSION FILES: a folder with thousands of files is listed whole and each name once, before and after the server adds and
# removes some; a file from its far end is cached like any other.
. "$CRUCIBLE_LIB/nfs.sh"

# names DIRECTORY: what a listing gives, in order; a name that came twice stays so.
names() {
	ls -a "$1" | sort
}

listed_as_wanted() {
	names "$nfs_mountpoint" >listed && cmp -s wanted listed
}

plan 6
nfs_sizes=
nfs_begin "$1"
populate "$nfsd_export" 0 "$2" 16 "$CRUCIBLE_SEED" || give_up 'the files were not made'
seeded "$CRUCIBLE_SEED" 65536 >"$nfsd_export/last"
nfs_mount fsc,acregmin=1,acdirmin=1,acdirmax=1
names "$nfsd_export" >wanted
names "$nfs_mountpoint" >listed
check 'the listing is complete' cmp -s wanted listed
evidence listed "$(wc -l <listed)"
measure cold sha256 "$nfs_mountpoint/last"
check 'a file of it gives the content of the server' [ "$cold_out" = "$(sha256 "$nfsd_export/last")" ]

populate "$nfsd_export" "$2" 200 16 "$CRUCIBLE_SEED"
rm "$nfsd_export"/f1?? "$nfsd_export"/f2??
names "$nfsd_export" >wanted
check 'what the server added and removed is seen' wait_until 20 'the folder to age' listed_as_wanted
nfs_umount

# Mounts with other times have a volume of their own.
nfs_mount fsc,acregmin=1,acdirmin=1,acdirmax=1
names "$nfs_mountpoint" >listed
check 'a new mount lists the same' cmp -s wanted listed
measure warm sha256 "$nfs_mountpoint/last"
check 'the file comes from the cache' [ "$warm_out $warm_server_reads" = "$cold_out 0" ]
check 'files are removed through the mount' rm "$nfs_mountpoint"/f3??
evidence removed $(($(wc -l <wanted) - $(names "$nfsd_export" | wc -l)))
evidence warm_cache_reads "$warm_cache_reads"
