#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# crash.sh VERSION ROUNDS: the cache's disk stops taking writes at some moment while files are being cached and replaced, as when the
# machine loses power. The next mount finds a cache with the state of that moment, and still reads what the server holds: not what
# was there before, and nothing half written.
. "$CRUCIBLE_LIB/nfs.sh"

disk=$CRUCIBLE_DISK_CACHE
sectors=$(($(blockdev --getsize64 "$disk") / 512))

# There is no udev that would make the node in /dev/mapper.
export DM_DISABLE_UDEV=1

# A device over the disk; what is written to it gets there until the power is lost.
power() {
	dmsetup reload crucible --table "0 $sectors $1" && dmsetup suspend --noflush --nolockfs crucible && dmsetup resume crucible
}
power_lost() {
	power "flakey $disk 0 0 3600 1 drop_writes"
}
power_back() {
	power "linear $disk 0"
}

# journals: file systems on the disk that were mounted without having been unmounted before.
journals() {
	# EXT4-fs (dm-0): recovery complete
	dmesg | grep -c 'EXT4-fs (dm-[0-9]*): recovery complete'
}

cache_has_written() {
	[ "$(cache_writes)" -ge "$1" ]
}

# Some files anew, some as they were.
change() {
	populate "$nfsd_export" $(($1 * 10)) 40 65536 $((CRUCIBLE_SEED + $1)) && seeded $((CRUCIBLE_SEED + $1)) 3145728 >"$nfsd_export/large"
	server_hash=$(sha256_all "$nfsd_export")
}

# crash ROUND: everything is read once more while the power goes, the later the later the round. under_way counts the losses after which there
# was still something to read, or to be written to the cache.
crash() {
	nfs_mount fsc
	crash_writes=$(($(cache_writes) + 5 * $1))
	sha256_all "$nfs_mountpoint" >/dev/null &
	crash_reader=$!
	wait_until 20 'the cache to be written' cache_has_written $crash_writes && power_lost
	crash_lost=$?
	has_ended $crash_reader && netfs_is_idle || under_way=$((under_way + 1))
	wait $crash_reader
	[ $crash_lost = 0 ] && nfs_umount && cache_stop && power_back && cache_kept=1 cache_start "$CRUCIBLE_DISK_CACHE"
}

plan $((3 * $2))
at_exit 'dmsetup remove crucible'
dmsetup create crucible --table "0 $sectors linear $disk 0" || give_up 'no device'
CRUCIBLE_DISK_CACHE=/dev/mapper/crucible
nfs_sizes=
nfs_begin "$1"
round=0 under_way=0 kept=0 reads=0 recovered=$(journals)
while [ $round -lt "$2" ]; do
	round=$((round + 1))
	change $round
	check "the cache comes back after crash $round" crash $round
	cache_files
	kept=$((kept + cache_files))
	nfs_mount fsc
	measure after sha256_all "$nfs_mountpoint"
	check "what is read after crash $round is what the server holds" [ "$after_out" = "$server_hash" ]
	drop_pages "$nfs_mountpoint" || give_up 'the page cache could not be dropped'
	check "and what is read again" [ "$(sha256_all "$nfs_mountpoint")" = "$server_hash" ]
	reads=$((reads + after_cache_reads))
	nfs_umount
done
evidence rounds $round
evidence under_way $under_way
evidence recovered $(($(journals) - recovered))
evidence kept_files $kept
evidence cache_reads $reads
