#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# On the server another file is renamed over a cached one, of the same size and with the same mtime. The next open gets the new
# file; whoever had the old one open reads the old content or an error, and never something in between.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/holder.sh"

plan 6
nfs_begin "$1"
nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
cp "$nfsd_export/large" old
holder_start "$nfs_mountpoint/large"
check 'the file is open' holder_does read 0 4096 start

seeded "$((CRUCIBLE_SEED + 10))" 3145728 >"$nfsd_export/.new"
touch -r "$nfsd_export/large" "$nfsd_export/.new"
mv "$nfsd_export/.new" "$nfsd_export/large"
server_hash=$(sha256_all "$nfsd_export")
measure renamed sha256_all "$nfs_mountpoint"
check 'the next open gets the new file' [ "$renamed_out" = "$server_hash" ]
check 'it comes from the server' [ "$renamed_server_bytes" -ge 3145728 ]
evidence renamed_server_read_bytes "$renamed_server_bytes"

drop_pages "$nfs_mountpoint" || give_up 'the page cache could not be dropped'
if holder_does read 0 3145728 held; then
	held=old
	check 'the old descriptor reads the old content' cmp -s old held
else
	held=refused
	check 'the old descriptor has lost its file' [ "$holder_said" = 'error Stale file handle' ]
fi
note "the old descriptor: $held"
holder_stop
nfs_umount

nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint"
check 'after a remount the new content comes from the cache' [ "$warm_out $warm_server_reads" = "$server_hash 0" ]
evidence warm_cache_reads "$warm_cache_reads"
