#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The same share is mounted twice with fsc, as two file systems on one connection: both have one volume, and what one has read the
# other finds in the cache. Known bug 69 (dad80c6bff77) acquired the volume again, lost it and with it the cache.
. "$CRUCIBLE_LIB/cifs.sh"

second=/run/mnt2

volumes_are() {
	[ "$(fscache_rows volumes)" -eq "$1" ]
}

cifs_begin
plan 7
mkdir $second
at_exit "rmdir $second"
at_exit "cifs_umount $second"

cifs_mount fsc
# An option that is its own superblock's, so that none is shared.
cifs_mount fsc,file_mode=0640 $second
check 'they are two file systems' [ "$(stat -c %d $cifs_mountpoint)" != "$(stat -c %d $second)" ]
check 'both have one volume' volumes_are 1
evidence volumes "$(fscache_rows volumes)"
measure cold sha256_all $cifs_mountpoint
check 'the first mount gives the content of the server' [ "$cold_out" = "$server_hash" ]
check 'what it reads is cached' [ "$cold_cache_writes" -gt 0 ]
check 'the first mount goes' cifs_umount
drop_pages $second || give_up 'the page cache could not be dropped'

measure warm sha256_all $second
check 'the second mount gives the content of the server' [ "$warm_out" = "$server_hash" ]
check 'it still has its volume' volumes_are 1
evidence cold_cache_writes "$cold_cache_writes"
evidence warm_server_read_bytes "$warm_server_bytes"
evidence warm_cache_reads "$warm_cache_reads"
