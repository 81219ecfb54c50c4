# SPDX-License-Identifier: GPL-2.0-only
# QEMU's 9p share with cache=fscache, and a cache for it. Sourced by the cases of this suite.

for ninep_part in ktap wait fscache-stats cache files exercise; do
	. "$CRUCIBLE_LIB/$ninep_part.sh"
done

ninep_mountpoint=/run/mnt

ninep_begin() {
	mkdir -p "$ninep_mountpoint"
	at_exit "rmdir $ninep_mountpoint"
	at_exit cache_stop
	cache_start "$CRUCIBLE_DISK_CACHE" || give_up 'cachefilesd did not start the cache'
	at_exit ninep_umount
	ninep_mount
}

ninep_mount() {
	mount -t 9p -o trans=virtio,version=9p2000.L,cache=fscache export "$ninep_mountpoint" || give_up 'mount -t 9p failed'
}

ninep_umount() {
	unmount "$ninep_mountpoint" && wait_until 10 'the cookies of the mount to be given back' cookies_are_gone
}

# check_cut: a cached file that is cut and grown again has zeroes there. Where it has what was there before, the exercisers go without
# cutting: sets uncut.
check_cut() {
	seeded "$CRUCIBLE_SEED" 65536 >"$ninep_mountpoint/cut"
	sync
	drop_pages "$ninep_mountpoint" || give_up 'the page cache could not be dropped'
	cat "$ninep_mountpoint/cut" >/dev/null
	truncate -s 5000 "$ninep_mountpoint/cut"
	truncate -s 65536 "$ninep_mountpoint/cut"
	uncut=
	cut_is_zero || uncut=--uncut
	check_known ninep-truncate-stale cut_has_old 'a file that is cut and grown has zeroes there' [ -z "$uncut" ]
	rm "$ninep_mountpoint/cut"
}

cut_is_zero() {
	seeded "$CRUCIBLE_SEED" 5000 >cut-expected
	truncate -s 65536 cut-expected
	cmp -s cut-expected "$ninep_mountpoint/cut"
}

# cut_has_old: what is not zero is what was there before, and before the cut all is.
cut_has_old() {
	seeded "$CRUCIBLE_SEED" 65536 | cmp -l - "$ninep_mountpoint/cut" 2>&1 | awk '$1 <= 5000 || $3 != 0 { wrong = 1 } END { exit wrong }'
}
