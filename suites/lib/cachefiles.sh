# SPDX-License-Identifier: GPL-2.0-only
# A cache in steps: the disk stays while daemons come and go over it. Sourced after ktap.sh, wait.sh, fscache-stats.sh and cache.sh,
# whose cache_stop ends all of it, from any state.

cache_dir=$cache_mount/fscache
cache_tag=crucible
# Nothing is culled unless a case says otherwise.
cache_limits='brun 10%
bcull 7%
bstop 3%
frun 10%
fcull 7%
fstop 3%'

# cache_disk DISK [FS]: mounts the disk, with an empty cache directory, until the case ends.
cache_disk() {
	mkdir -p "$cache_mount"
	at_exit cache_stop
	mount -t "${2:-ext4}" "$1" "$cache_mount" || give_up "mount of $1 as ${2:-ext4}"
	rm -rf "$cache_dir"
	mkdir "$cache_dir"
}

# cache_run: cachefilesd over cache_dir; returns when the cache is active.
cache_run() {
	printf 'dir %s\ntag %s\n%s\n' "$cache_dir" "$cache_tag" "$cache_limits" >/run/cachefilesd.conf
	cachefilesd_run
}

# cache_hold: the same without cachefilesd: a process that binds the cache and then does nothing, so that the kernel is alone with the disk.
cache_hold() {
	# Opened both ways, as an open that waits could end early.
	[ -p never ] || mkfifo never
	(
		exec 9<>/dev/cachefiles
		for cache_command in "dir $cache_dir" "tag $cache_tag" bind; do
			echo "$cache_command" >&9 || exit
		done
		read -r cache_command <>never
	) &
	cache_pid=$!
	echo "$cache_pid" >/run/cachefilesd.pid
	wait_until 10 'the cache to be bound' cache_is_active
}

# cache_end [SIGNAL]: and waits until the daemon is gone; it withdraws the cache as it dies.
cache_end() {
	kill "-${1:-TERM}" "$cache_pid"
	cache_is_withdrawn
}

# cache_is_withdrawn: waits until a daemon that was told to go is gone.
cache_is_withdrawn() {
	wait_until 10 'cachefilesd to end' has_ended "$cache_pid" || return
	wait "$cache_pid" 2>/dev/null
	rm /run/cachefilesd.pid
}

# cache_state: `A` active, `W` being withdrawn, `-` not there, `E` broken: the column S of the only cache.
cache_state() {
	awk 'NR > 2 { print $6 }' /proc/fs/fscache/caches
}

cache_state_is() {
	[ "$(cache_state)" = "$1" ]
}

# cache_object NAME: the file of an object below cache_dir, by the name it has on disk, which may be a pattern. Not by find, which takes
# some seconds for the 256 directories of a volume under emulation.
cache_object() {
	for cache_found in "$cache_dir"/cache/I*/@*/$1; do
		[ ! -e "$cache_found" ] && [ ! -L "$cache_found" ] || echo "$cache_found"
	done
}

# cache_xattr PATH: its coherency attribute, in hexadecimal digits.
cache_xattr() {
	getfattr --absolute-names -e hex --only-values -n user.CacheFiles.cache "$1" 2>/dev/null | od -An -v -tx1 | tr -d ' \n'
}

graveyard_is_empty() {
	[ -z "$(ls "$cache_dir/graveyard")" ]
}
