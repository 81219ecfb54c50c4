#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# file.sh OPERATIONS [OPTION...]: one file is read and written in every way on a mount with cache=fscache, and then by three processes at
# once; each read gives what was written, and so does a new mount.
. "${0%/*}/ninep.sh"

operations=$1
shift
plan 5
ninep_begin
check_cut
before=$(cache_reads)
# shellcheck disable=SC2086 # one option or none
exercised alone exercise $uncut --operations "$operations" "$@" "$ninep_mountpoint/file"
check 'one process reads what it wrote' finished alone "$operations"
exercised_together together 3 --operations "$operations" "$ninep_mountpoint/shared"
check 'three processes read what they wrote' finished together $((3 * operations))
evidence read_only_bytes "$(($(did alone read_only_bytes) + $(did together read_only_bytes)))"
evidence written_bytes "$(($(did alone written_bytes) + $(did together written_bytes)))"
hash=$(sha256_all "$ninep_mountpoint")
ninep_umount
ninep_mount
check 'a new mount reads the same' [ "$(sha256_all "$ninep_mountpoint")" = "$hash" ]
sync
drop_pages "$ninep_mountpoint" || give_up 'the page cache could not be dropped'
check 'and again, without the page cache' [ "$(sha256_all "$ninep_mountpoint")" = "$hash" ]
evidence cache_reads $(($(cache_reads) - before))
