#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A cached file is written through the mount; server, client and cache agree on the new content, under the mount and after it.
. "$CRUCIBLE_LIB/cifs.sh"

# change DIRECTORY: in the middle of a page of one file; another grows by whole pages.
change() {
	seeded "$((CRUCIBLE_SEED + 3))" 10000 | dd of="$1/large" bs=1000 seek=101 conv=notrunc,fsync 2>/dev/null &&
		seeded "$((CRUCIBLE_SEED + 4))" 69632 >>"$1/small"
}

cifs_begin
plan 7
cp -r "$smbd_export" reference
change reference || give_up 'the reference was not made'

cifs_mount fsc
measure cold sha256_all "$cifs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
check 'two files are changed' change "$cifs_mountpoint"
sync
written_hash=$(sha256_all reference)
check 'the server has what the same makes of a copy' [ "$(sha256_all "$smbd_export")" = "$written_hash" ]
drop_pages "$cifs_mountpoint" || give_up 'the page cache could not be dropped'
check 'read back under the mount gives the new content' [ "$(sha256_all "$cifs_mountpoint")" = "$written_hash" ]
cifs_umount

cifs_mount fsc
check 'read back after a remount gives the new content' [ "$(sha256_all "$cifs_mountpoint")" = "$written_hash" ]
cifs_umount

cifs_mount fsc
measure warm sha256_all "$cifs_mountpoint"
check 'the new content, once cached, is read back the same' [ "$warm_out" = "$written_hash" ]
check 'and from the cache' [ "$warm_server_reads" -eq 0 ]
evidence cold_cache_writes "$cold_cache_writes"
evidence warm_cache_reads "$warm_cache_reads"
