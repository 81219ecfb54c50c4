# SPDX-License-Identifier: GPL-2.0-only
# Faults of a disk. Those of its requests are made by device mapper: the case mounts what fault_disk puts on top of the disk.

# There is no udev that would make the nodes in /dev/mapper.
export DM_DISABLE_UDEV=1

# fault_disk DISK: makes the device /dev/mapper/DISK, until the case ends, and sets fault_device to it.
fault_disk() {
	fault_device=/dev/mapper/$1
	fault_disk=$1
	disk_find
	dmsetup create "$1" --table "0 $(disk_sectors) linear $disk_below 0" >/dev/null || return
	[ -z "${ktap_number:-}" ] || at_exit "fault_disk_end $1"
}

fault_disk_end() {
	[ ! -e "/dev/mapper/$1" ] || wait_until 10 "the device $1 to be let go of" dmsetup remove "$1" >/dev/null 2>&1
}

disk_sectors() {
	cat "/sys/class/block/${disk_below##*/}/size"
}

# disk_becomes TARGET: swaps what is below /dev/mapper/DISK. The file system above is not told.
disk_becomes() {
	dmsetup suspend --nolockfs "$fault_disk" &&
		dmsetup load "$fault_disk" --table "0 $(disk_sectors) $1" &&
		dmsetup resume "$fault_disk"
}

# disk_find: sets disk_below to the device of the fault's disk.
disk_find() {
	eval "disk_below=\$CRUCIBLE_DISK_$(echo "$fault_disk" | tr a-z- A-Z_)"
}

disk_is_sound() {
	disk_find
	disk_becomes "linear $disk_below 0" && count_end
}

# disk_number: as trace filters have it: MAJOR << 20 | MINOR.
disk_number() {
	disk_node=$(readlink -f "/dev/mapper/$fault_disk")
	echo $(($((0x$(stat -L -c %t "$disk_node"))) << 20 | $((0x$(stat -L -c %T "$disk_node")))))
}

# disk_mountpoint: where the disk, or what is on top of it, is mounted.
disk_mountpoint() {
	disk_find
	awk -v below="$disk_below" -v above="/dev/mapper/$fault_disk" '$1 == below || $1 == above { print $2; exit }' /proc/mounts
}

disk_error_lacks() { :; }
disk_error_arm() {
	disk_find
	count_begin block/block_bio_complete "dev == $(disk_number) && error != 0" || return
	case $fault_of in
	all) disk_becomes error ;;
	writes) disk_becomes "flakey $disk_below 0 0 3600 1 error_writes" ;;
	esac
}
disk_error_count() { count_events; }
disk_error_disarm() { disk_is_sound; }

disk_slow_lacks() { :; }
disk_slow_arm() {
	disk_find
	count_begin block/block_bio_queue "dev == $(disk_number)" && disk_becomes "delay $disk_below 0 $fault_ms"
}
disk_slow_count() { count_events; }
disk_slow_disarm() { disk_is_sound; }

disk_suspended_lacks() { :; }
disk_suspended_arm() {
	count_begin block/block_bio_queue "dev == $(disk_number)" && dmsetup suspend --nolockfs "$fault_disk"
}
disk_suspended_count() { count_events; }
disk_suspended_disarm() { dmsetup resume "$fault_disk" && count_end; }

disk_frozen_lacks() { :; }
disk_frozen_arm() {
	# LCB_F_PERCPU: who wants to write to a frozen file system waits for a semaphore of that kind.
	count_begin lock/contention_begin 'flags & 16' && fsfreeze --freeze "$(disk_mountpoint)"
}
disk_frozen_count() { count_events; }
disk_frozen_disarm() { fsfreeze --unfreeze "$(disk_mountpoint)" && count_end; }

disk_full_lacks() { :; }
# Preallocated in ever smaller files, since the file system keeps blocks for its own tables; a first one is given back in the end.
disk_full_arm() {
	count_errors 28 || return
	disk_filler=$(disk_mountpoint)/filler
	mkdir "$disk_filler" || return
	[ "$fault_leaveKiB" = 0 ] || fallocate -l "${fault_leaveKiB}K" "$disk_filler/spare" || return
	disk_part=$(stat -f -c '%a %S' "$disk_filler" | awk '{ print int($1 * $2 / 1024) }')
	disk_parts=0
	while [ "$disk_part" -ge 4 ]; do
		if fallocate -l "${disk_part}K" "$disk_filler/$disk_parts" 2>/dev/null; then
			disk_parts=$((disk_parts + 1))
		else
			disk_part=$((disk_part / 2))
		fi
	done
	rm -f "$disk_filler/spare"
	sync
}
disk_full_count() {
	echo $(($(count_events) + $(fscache_stat nwr) + $(fscache_stat ncr)))
}
disk_full_disarm() {
	rm -r "$(disk_mountpoint)/filler" && count_end
}

disk_read_only_lacks() { :; }
disk_read_only_arm() {
	# EROFS; or EIO, where ext4 takes an aborted file system for one that was shut down (6.12).
	count_errors 30 5 && mount -o remount,abort "$(disk_mountpoint)"
}
disk_read_only_count() { count_events; }
disk_read_only_disarm() { count_end; }
