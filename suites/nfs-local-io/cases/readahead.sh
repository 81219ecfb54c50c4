#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Files are read page by page with hardly any readahead and with a large one, cold, and warm with the two exchanged: the server is asked
# in small and in large pieces, the content is the same, and what was cached in one way is found in the other.
. "$CRUCIBLE_LIB/nfs.sh"

plan 5
nfs_sizes='one=524288 two=524288'
nfs_begin "$1"

# The mount's device, such as 0:43, has a folder of settings.
set_readahead() {
	echo "$1" >"/sys/class/bdi/$(awk -v at="$nfs_mountpoint" '$5 == at { print $3 }' /proc/self/mountinfo)/read_ahead_kb"
}

# read_by_page FILE: its hash, read with 4 KiB a call.
read_by_page() {
	dd if="$nfs_mountpoint/$1" bs=4096 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

nfs_mount fsc
set_readahead 4
measure small read_by_page one
check 'a cold read without readahead gives the content of the server' [ "$small_out" = "$(sha256 "$nfsd_export/one")" ]
set_readahead 1024
measure large read_by_page two
check 'a cold read with readahead gives the content of the server' [ "$large_out" = "$(sha256 "$nfsd_export/two")" ]
check 'readahead asks the server for more at once' [ "$large_server_reads" -lt "$small_server_reads" ]
evidence small_server_reads "$small_server_reads"
evidence large_server_reads "$large_server_reads"
nfs_umount

nfs_mount fsc
set_readahead 1024
measure first read_by_page one
set_readahead 4
measure second read_by_page two
check 'warm reads give the same content' [ "$first_out $second_out" = "$small_out $large_out" ]
check 'warm reads are served without a READ on the server' [ "$((first_server_reads + second_server_reads))" -eq 0 ]
evidence first_cache_reads "$first_cache_reads"
evidence second_cache_reads "$second_cache_reads"
