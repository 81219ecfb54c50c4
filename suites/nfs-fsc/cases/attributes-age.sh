#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A change on the server is not seen by stat(2) while the attributes are young, is seen when they have aged, and then the content is fresh too.
. "$CRUCIBLE_LIB/nfs.sh"

size_is() {
	[ "$(stat -c %s "$nfs_mountpoint/small")" = "$1" ]
}

plan 5
nfs_begin "$1"
nfs_mount fsc,acregmin=30,acregmax=30
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]
check 'the size is known' size_is 4096
before=$(now_cs)
seeded 4242 4096 >>"$nfsd_export/small"
# stat opens nothing, so nothing is asked of the server.
evidence stale_size "$(stat -c %s "$nfs_mountpoint/small")"
check 'the new size is seen when the attributes have aged' wait_until 60 'the attributes to age' size_is 8192
evidence aged_s $((($(now_cs) - before) / 100))
measure fresh sha256 "$nfs_mountpoint/small"
check 'the content is fresh' [ "$fresh_out" = "$(sha256 "$nfsd_export/small")" ]
check 'it came from the server' [ "$fresh_server_bytes" -gt 0 ]
evidence fresh_server_bytes "$fresh_server_bytes"
