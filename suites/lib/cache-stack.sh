# SPDX-License-Identifier: GPL-2.0-only
# A 9p mount of QEMU's server, and its cache on a disk that can be broken. Sourced by the cases.

for part in ktap wait fscache-stats cache files fault; do
	. "$CRUCIBLE_LIB/$part.sh"
done

mountpoint=/run/mnt

# Whole pages only, as in nfs.sh.
sizes='large=262144 medium=65536 small=4096'

# begin: the cache is active, and the files are on the server. Everything is undone when the case ends.
begin() {
	mkdir -p $mountpoint
	at_exit "rmdir $mountpoint"
	fault_disk cache || give_up 'device mapper takes no disk'
	at_exit cache_stop
	cache_start "$fault_device" || {
		show "$cache_log" 'cachefilesd said'
		give_up 'the cache did not start'
	}
	at_exit client_umount
	client_mount none
	file_bytes=0
	for file in $sizes; do
		seeded "$((CRUCIBLE_SEED + file_bytes))" "${file#*=}" >"$mountpoint/${file%=*}"
		file_bytes=$((file_bytes + ${file#*=}))
	done
	server_hash=$(sha256_all $mountpoint)
	client_umount
}

# restart: cachefilesd and the file system anew, on what the disk has.
restart() {
	cache_stop || give_up 'the cache did not stop'
	cache_kept=1 cache_start "$fault_device" || {
		show "$cache_log" 'cachefilesd said'
		give_up 'the cache did not start again'
	}
}

client_mount() {
	mount -t 9p -o "trans=virtio,version=9p2000.L,cache=$1" export $mountpoint || give_up "mount with cache=$1"
}

# client_umount: and waits until the cache has committed what the mount held. Nothing to do when not mounted.
client_umount() {
	unmount $mountpoint && wait_until 10 'the cookies to be given back' cookies_are_gone
}

# settle: what was read has been copied to the cache: as writeback on 6.12, while the request lives on 6.1.
settle() {
	sync
	wait_until 20 'netfs requests to end' netfs_is_idle
}

# read_all PREFIX: every file; sets PREFIX_hash, and PREFIX_cache_reads and PREFIX_cache_writes to what the cache was asked meanwhile.
read_all() {
	read_before="$(cache_reads) $(cache_writes)"
	eval "$1_hash=\$(sha256_all $mountpoint 2>&1)"
	settle
	eval "$1_cache_reads=$(($(cache_reads) - ${read_before% *})) $1_cache_writes=$(($(cache_writes) - ${read_before#* }))"
}

cache_is_withdrawn() {
	! cache_is_active
}

# check_cache_works: two checks, that a mount fills the cache where it has to, and the next one is served by it.
check_cache_works() {
	client_mount fscache
	read_all refill
	client_umount
	client_mount fscache
	read_all warm
	client_umount
	check 'afterwards two mounts give the content of the server' [ "$refill_hash,$warm_hash" = "$server_hash,$server_hash" ]
	check 'afterwards what is read comes from the cache' [ "$warm_cache_reads" -gt 0 ]
	evidence warm_cache_reads "$warm_cache_reads"
}
