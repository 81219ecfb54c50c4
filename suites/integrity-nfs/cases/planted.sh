#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The exercisers see what they are for: a byte made wrong behind their back, in the file, in a tree, and on the disk of the cache, where
# only who really reads from the cache can meet it.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/exercise.sh"

# finds TEXT COMMAND...: the command fails and says so.
finds() {
	finds_text=$1
	shift
	"$@" >found 2>&1 && return 1
	grep -q "$finds_text" found
}

plan 6
nfs_sizes='large=1048576'
nfs_begin 4.2
nfs_mount fsc
check 'a byte planted in a file is found' finds 'must be' exercise --seed "$CRUCIBLE_SEED" --operations 200 --plant 100 "$nfs_mountpoint/file"
evidence found_in_file "$(sed -n 's/^planted //p' found | wc -l)"
mkdir "$nfs_mountpoint/tree"
check 'a byte planted in a tree is found' finds 'must have' exercise-tree --seed "$CRUCIBLE_SEED" --operations 200 --plant 150 "$nfs_mountpoint/tree"
rm -r "$nfs_mountpoint/file" "$nfs_mountpoint/tree"
check 'a file that is right is found right' exercised right exercise --operations 50 --read-only "$nfsd_export/large" "$nfs_mountpoint/large"
settle
nfs_umount

# The cache file of `large` is the only one of its size.
object=$(find "$cache_mount/fscache/cache" -type f -exec stat -c '%s %n' {} + | awk '$1 == 1048576 { print $2 }')
check 'the file is in the cache' [ -n "$object" ]
printf planted | dd of="$object" bs=1 seek=500000 conv=notrunc 2>/dev/null
# The object is read with O_DIRECT.
sync
nfs_mount fsc
check 'bytes planted on the disk of the cache are found' finds 'must be' exercise --seed "$CRUCIBLE_SEED" --operations 50 --read-only "$nfsd_export/large" "$nfs_mountpoint/large"
check 'where they are' grep -q 'the first at 50000[0-6] ' found
evidence found_in_cache "$(grep -c 'the first at' found)"
