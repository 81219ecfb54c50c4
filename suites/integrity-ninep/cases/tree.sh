#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tree.sh OPERATIONS: two processes make, link, rename, write and remove files; names, link counts, sizes and content are what they must
# be at every look, and so they are for a new mount.
. "${0%/*}/ninep.sh"

plan 3
ninep_begin
mkdir "$ninep_mountpoint/one" "$ninep_mountpoint/two"
before=$(cache_writes)
exercised two exercise-tree --operations "$1" "$ninep_mountpoint/two" &
other=$!
exercised one exercise-tree --operations "$1" "$ninep_mountpoint/one"
wait $other
check 'one process finds what it made' finished one "$1"
check 'so does the other' finished two "$1"
hash=$(sha256_all "$ninep_mountpoint")
ninep_umount
ninep_mount
check 'a new mount reads the same' [ "$(sha256_all "$ninep_mountpoint")" = "$hash" ]
evidence verified "$(did one verified)"
evidence renamed "$(did one renamed)"
evidence linked "$(did one linked)"
sync
evidence cache_writes $(($(cache_writes) - before))
