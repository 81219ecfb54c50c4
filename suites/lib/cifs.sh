# SPDX-License-Identifier: GPL-2.0-only
# An SMB client with its server and cache in the same guest: what every case of cifs-fsc begins with.

for cifs_part in ktap wait fscache-stats cache files measure smbd; do
	. "$CRUCIBLE_LIB/$cifs_part.sh"
done

cifs_mountpoint=/run/mnt

# The files on the server, in bytes; whole pages only, and few: under KASAN without KVM a mebibyte over SMB takes seconds.
cifs_sizes='large=524288 medium=131072 small=4096'

# cifs_paths DIRECTORY: the files below it, by the names they were given: ksmbd 6.12 with Debian's ksmbd-tools 3.4.7 lists no folder.
cifs_paths() {
	for cifs_file in $cifs_sizes; do
		echo "$1/${cifs_file%=*}"
	done
}

# As in files.sh, without a listing.
sha256_all() {
	cifs_paths "$1" | xargs sha256sum | cut -d ' ' -f 1 | sha256sum | cut -d ' ' -f 1
}
resident_pages() {
	cifs_paths "$1" | xargs resident | awk '{ pages += $1 } END { print pages + 0 }'
}

# cifs_begin: before `plan`: server, cache, and the seeded files of cifs_sizes on the server. Everything is undone when the case ends.
# Sets file_bytes and server_hash. Skips the case where ksmbd cannot work with its daemon.
cifs_begin() {
	at_exit_only
	mkdir -p "$cifs_mountpoint"
	at_exit "rmdir $cifs_mountpoint"
	at_exit cache_stop
	cache_start "$CRUCIBLE_DISK_CACHE" || give_up 'cachefilesd did not start the cache'
	at_exit smbd_stop
	smbd_start "$CRUCIBLE_DISK_EXPORT" || give_up 'the SMB server did not start'
	at_exit 'cifs_umount $cifs_mountpoint'
	file_bytes=0
	for cifs_file in $cifs_sizes; do
		seeded "$((CRUCIBLE_SEED + file_bytes))" "${cifs_file#*=}" >"$smbd_export/${cifs_file%=*}"
		file_bytes=$((file_bytes + ${cifs_file#*=}))
	done
	server_hash=$(sha256_all "$smbd_export")
	[ "$CRUCIBLE_KERNEL" != 6.1 ] || cifs_has_share ||
		skip_case 'ksmbd of this kernel refuses every share of ksmbd-tools before 3.5.2: suites/known-issues/ksmbd-old-tools.txt'
}

cifs_options=vers=3.1.1,username=crucible,password=crucible

# cifs_has_share: the server has one. Without, mount.cifs ends with 32: mount error(2).
cifs_has_share() {
	mount.cifs //127.0.0.1/export "$cifs_mountpoint" -o "$cifs_options" 2>mount.log || ! grep -q '^mount error(2)' mount.log
	cifs_had=$?
	cifs_umount
	return $cifs_had
}

# cifs_mount [OPTIONS] [DIRECTORY]: the share there, or on cifs_mountpoint; OPTIONS such as `fsc` are added.
cifs_mount() {
	mount.cifs //127.0.0.1/export "${2:-$cifs_mountpoint}" -o "$cifs_options${1:+,$1}" || give_up "mount.cifs -o $cifs_options${1:+,$1} failed"
}

# cifs_umount [DIRECTORY]: when nothing else has the share mounted, waits until the cache has committed what was read.
cifs_umount() {
	is_mounted "${1:-$cifs_mountpoint}" || return 0
	unmount "${1:-$cifs_mountpoint}" || return
	grep -q ' cifs ' /proc/mounts || wait_until 10 'the cookies of the mount to be given back' cookies_are_gone
}

# settle: everything read so far has been copied to the cache, which 6.12 does as writeback of pages marked for it.
settle() {
	sync
	wait_until 10 'netfs requests to end' netfs_is_idle
}

# measure_counters: for measure.sh. The READs are those that the client sent, counted while it stays mounted.
measure_counters() {
	# Bytes read: 3674112  Bytes written: 0
	# Reads: 5 total 0 failed
	# IO     : rd=12 wr=34 mis=0
	awk '$1 == "Bytes" && $2 == "read:" { bytes += $3 }
		$1 == "Reads:" { reads += $2 }
		$1 == "IO" { split($3, rd, "="); split($4, wr, "=") }
		END { print reads + 0, bytes + 0, rd[2] + 0, wr[2] + 0 }' /proc/fs/cifs/Stats /proc/fs/fscache/stats
}
