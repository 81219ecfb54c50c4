#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# two-mounts.sh VERSION shared|unique|collide: an export is mounted twice with fsc. As one file system they have one volume; as two they
# have two, when each has a name of its own (fsc=NAME); and when it has none, the second one goes without a cache. Either way what is
# written through one is read through the other, fresh.
. "$CRUCIBLE_LIB/nfs.sh"

second=/run/mnt2
case $2 in
shared) first_options=fsc second_options=fsc volumes=1 cookies_per_file=1 ;;
unique) first_options=nosharecache,fsc=first second_options=nosharecache,fsc=second volumes=2 cookies_per_file=2 ;;
collide) first_options=nosharecache,fsc second_options=nosharecache,fsc volumes=1 cookies_per_file=1 ;;
esac

# write_large, write_medium DIRECTORY: into the middle of one file; another anew.
write_large() {
	seeded "$((CRUCIBLE_SEED + 3))" 300000 | dd of="$1/large" bs=1000 seek=501 conv=notrunc,fsync 2>/dev/null
}
write_medium() {
	seeded "$((CRUCIBLE_SEED + 4))" 524288 >"$1/medium"
}

plan 12
nfs_begin "$1"
# A delegation belongs to the whole client: neither mount would learn what is changed through the other one.
echo 0 >/proc/sys/fs/leases-enable
at_exit 'echo 1 >/proc/sys/fs/leases-enable'
mkdir $second
at_exit "rmdir $second"
at_exit "nfs_umount $second"
nfs_mount $first_options
nfs_mount $second_options $second
check "there are $volumes volumes" [ "$(fscache_rows volumes)" -eq "$volumes" ]
evidence volumes "$(fscache_rows volumes)"

measure first sha256_all "$nfs_mountpoint"
check 'the first mount gives the content of the server' [ "$first_out" = "$server_hash" ]
measure second sha256_all $second
check 'the second mount gives the content of the server' [ "$second_out" = "$server_hash" ]
check "there are $cookies_per_file cookies for each file" [ "$(fscache_rows cookies)" -eq $((3 * cookies_per_file)) ]
evidence first_cache_writes "$first_cache_writes"
evidence second_cache_writes "$second_cache_writes"

cp -r "$nfsd_export" reference
write_large reference && write_medium reference || give_up 'the reference was not made'
check 'one file is written through the first' write_large "$nfs_mountpoint"
check 'the server has what the same makes of a copy' cmp -s reference/large "$nfsd_export/large"
server_hash=$(sha256_all "$nfsd_export")
check 'what is written through the first is read through the second' [ "$(sha256_all $second)" = "$server_hash" ]
check 'another is written through the second' write_medium $second
server_hash=$(sha256_all reference)
check 'and so the server has both' [ "$(sha256_all "$nfsd_export")" = "$server_hash" ]
check 'what is written through the second is read through the first' [ "$(sha256_all "$nfs_mountpoint")" = "$server_hash" ]
check 'the first mount goes' nfs_umount
drop_pages $second || give_up 'the page cache could not be dropped'
check 'the second one goes on' [ "$(sha256_all $second)" = "$server_hash" ]
