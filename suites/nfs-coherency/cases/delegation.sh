#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The server delegates files that are open for reading. It changes one of them and recalls its delegation; the holder's next read
# through a new open is fresh, and what was cached under the delegation is served to nobody.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/holder.sh"

# Delegations that clients hold, as the server lists them.
delegations() {
	# - 0x...: { type: deleg, access: r, superblock: "00:2a:3", filename: "/medium" }
	cat /proc/fs/nfsd/clients/*/states 2>/dev/null | grep -c 'type: deleg'
}

returned_one() {
	[ "$(delegations)" -lt "$given" ]
}

plan 5
nfs_begin "$1"
nfs_mount fsc
holder_start "$nfs_mountpoint/medium"
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
given=$(delegations)
evidence delegations "$given"

# The change waits until the delegation is back.
seeded "$((CRUCIBLE_SEED + 10))" 524288 >"$nfsd_export/medium"
server_hash=$(sha256_all "$nfsd_export")
check 'its delegation is returned' wait_until 10 'a delegation to be returned' returned_one
measure changed sha256_all "$nfs_mountpoint"
check 'a new open reads what the server holds now' [ "$changed_out" = "$server_hash" ]
drop_pages "$nfs_mountpoint" || give_up 'the page cache could not be dropped'
check 'and without the page cache, too' [ "$(sha256_all "$nfs_mountpoint")" = "$server_hash" ]
holder_stop
nfs_umount

nfs_mount fsc
measure remounted sha256_all "$nfs_mountpoint"
check 'and after a remount' [ "$remounted_out" = "$server_hash" ]
evidence changed_server_read_bytes "$changed_server_bytes"
evidence remounted_cache_reads "$remounted_cache_reads"
