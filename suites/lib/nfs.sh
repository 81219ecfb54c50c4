# SPDX-License-Identifier: GPL-2.0-only
# An NFS client with its server and cache in the same guest: what every case of nfs-fsc begins with.

for nfs_part in ktap wait fscache-stats cache files measure nfsd; do
	. "$CRUCIBLE_LIB/$nfs_part.sh"
done

nfs_mountpoint=/run/mnt
# The server's address as the client has it, and what runs a program where the client is; net.sh sets both. nfs_patience: see nfs(5).
nfs_server=127.0.0.1
nfs_client=

# The files on the server, in bytes. Whole pages only: what becomes of the tail of a file is the subject of tails.sh.
nfs_sizes='large=3145728 medium=524288 small=4096'

# nfs_begin VERSION [DISK]: server, on tmpfs or on that disk, cache, and the seeded files of nfs_sizes on the server. Everything is
# undone when the case ends. Sets file_bytes and server_hash.
nfs_begin() {
	nfs_version=$1
	mkdir -p "$nfs_mountpoint"
	at_exit "rmdir $nfs_mountpoint"
	at_exit cache_stop
	cache_start "$CRUCIBLE_DISK_CACHE" || give_up 'cachefilesd did not start the cache'
	at_exit nfsd_stop
	nfsd_start "$nfs_version" ${2:+"$2"} || give_up 'the NFS server did not start'
	at_exit nfs_umount
	file_bytes=0
	for nfs_file in $nfs_sizes; do
		seeded "$((CRUCIBLE_SEED + file_bytes))" "${nfs_file#*=}" >"$nfsd_export/${nfs_file%=*}"
		file_bytes=$((file_bytes + ${nfs_file#*=}))
	done
	server_hash=$(sha256_all "$nfsd_export")
}

# nfs_mount [OPTIONS] [DIRECTORY]: the export there, or on nfs_mountpoint; OPTIONS such as `fsc` are added.
nfs_mount() {
	nfs_path=/
	nfs_options="vers=$nfs_version,proto=tcp,sec=sys,${nfs_patience:-soft,timeo=100}"
	if [ "$nfs_version" = 3 ]; then
		nfs_path=$nfsd_export
		nfs_options="$nfs_options,nolock,mountproto=tcp"
	fi
	$nfs_client mount.nfs "$nfs_server:$nfs_path" "${2:-$nfs_mountpoint}" -o "$nfs_options${1:+,$1}" || give_up "mount.nfs -o $nfs_options${1:+,$1} failed"
}

# nfs_umount [DIRECTORY]: and waits, after the last NFS mount, until the cache has committed what it held. Nothing to do when not mounted.
nfs_umount() {
	is_mounted "${1:-$nfs_mountpoint}" || return 0
	unmount "${1:-$nfs_mountpoint}" || return
	grep -q ' nfs4\{0,1\} ' /proc/mounts || wait_until 10 'the cookies of the mount to be given back' cookies_are_gone
}

# settle: everything read so far has been copied to the cache.
settle() {
	wait_until 10 'netfs requests to end' netfs_is_idle
}

# measure_counters: for measure.sh.
measure_counters() {
	# proc4ops, io: see nfsd.sh; IO: see fscache-stats.sh
	awk '$1 == "proc3" { reads += $(3 + 6) }
		$1 == "proc4ops" { reads += $(3 + 25) + $(3 + 68) }
		$1 == "io" { bytes = $2 }
		$1 == "IO" { split($3, rd, "="); split($4, wr, "=") }
		END { print reads + 0, bytes + 0, rd[2] + 0, wr[2] + 0 }' /proc/net/rpc/nfsd /proc/fs/fscache/stats
}
