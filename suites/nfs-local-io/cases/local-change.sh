#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# local-change.sh VERSION OPERATION...: a cached file is changed through the mount (lib/fileop.c says how). The server has what the same
# operations make of a copy, and so has every later reader: with the page cache dropped, after a remount, and out of the cache again.
. "$CRUCIBLE_LIB/nfs.sh"

# old_behind CUT SIZE: behind the cut there is what was before, to the end of the page or of the file, or (6.1, with that page in memory) only
# behind the page; and all else is right.
old_behind() {
	old_page=$((($1 + 4095) / 4096 * 4096))
	for old_range in "$1 $old_page" "$1 $2" "$old_page $2"; do
		head -c "${old_range% *}" reference >old
		head -c "${old_range#* }" original | tail -c +$((${old_range% *} + 1)) >>old
		tail -c +$((${old_range#* } + 1)) reference >>old
		cmp -s old "$nfs_mountpoint/large" && break
	done && cmp -s "$nfsd_export/medium" "$nfs_mountpoint/medium" && cmp -s "$nfsd_export/small" "$nfs_mountpoint/small"
}

plan 8
nfs_begin "$1"
shift
symptom="old_behind $2 ${4:-}"
case " $* " in
*' truncate '*) right() { check_known nfs-truncate-by-name "$symptom" "$@"; } ;;
*) right() { check "$@"; } ;;
esac

nfs_mount fsc
measure cold sha256_all "$nfs_mountpoint"
check 'cold read gives the content of the server' [ "$cold_out" = "$server_hash" ]

cp "$nfsd_export/large" original
cp original reference
fileop --plain reference "$@" || give_up 'the reference was not made'
invalidations=$(fscache_stat n Invals)
check 'the file is changed' fileop "$nfs_mountpoint/large" "$@"
invalidations=$(($(fscache_stat n Invals) - invalidations))
check 'the server holds what these operations make of it' cmp -s reference "$nfsd_export/large"
changed_hash=$(sha256_all "$nfsd_export")

right 'read back under the mount gives the new content' [ "$(sha256_all "$nfs_mountpoint")" = "$changed_hash" ]
drop_pages "$nfs_mountpoint" || give_up 'the page cache could not be dropped'
right 'and so it does without the page cache' [ "$(sha256_all "$nfs_mountpoint")" = "$changed_hash" ]
note "$(cmp reference "$nfs_mountpoint/large" 2>&1)"
nfs_umount

nfs_mount fsc
measure fresh sha256_all "$nfs_mountpoint"
right 'read back after a remount gives the new content' [ "$fresh_out" = "$changed_hash" ]
nfs_umount

nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint"
right 'the new content, once cached, is read back the same' [ "$warm_out" = "$changed_hash" ]
check 'the new content is served without a READ on the server' [ "$warm_server_reads" -eq 0 ]

evidence changed_size "$(stat -c %s "$nfsd_export/large")"
evidence invalidations "$invalidations"
evidence cold_cache_writes "$cold_cache_writes"
evidence warm_cache_reads "$warm_cache_reads"
