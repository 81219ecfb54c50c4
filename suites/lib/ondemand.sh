# SPDX-License-Identifier: GPL-2.0-only
# erofs over cachefiles in on-demand mode, served by our daemon. Sourced by guest-side cases, after ktap.sh and wait.sh.
# Everything lives below the case's own folder: images/ is what the daemon serves, cache/ the disk it caches on.

ondemand_images=$PWD/images
ondemand_cache=$PWD/cache
ondemand_socket=$PWD/ondemandd.sock
ondemand_log=$PWD/ondemandd.log
ondemand_pid=

# ondemand_disk DISK: mounts the disk that holds the cache (ext4, made by the runner), until the case ends. The cache is
# empty: a file left by another case would be taken for this one's when image name and size are the same.
ondemand_disk() {
	mkdir -p "$ondemand_images" "$ondemand_cache"
	at_exit 'leave "$ondemand_cache"'
	mount -t ext4 -o user_xattr "$1" "$ondemand_cache" || give_up "mount of $1"
	ondemand_forget
}

# ondemand_chunks: after ondemand_disk, images and /tmp are on that disk until the case ends. mkfs.erofs 1.5 gathers chunks in a file below
# /tmp, and cannot copy them from there to an image on another file system.
ondemand_chunks() {
	ondemand_images=$ondemand_cache/images
	rm -rf "$ondemand_images" "$ondemand_cache/tmp"
	mkdir "$ondemand_images" "$ondemand_cache/tmp"
	at_exit 'umount /tmp'
	mount -o bind "$ondemand_cache/tmp" /tmp || give_up 'bind mount of /tmp'
}

# must NAME COMMAND [ARGUMENT...]: a check without which there is no point in going on.
must() {
	must_failed_before=$ktap_failed
	ktap_failed=0
	check "$@"
	[ "$ktap_failed" = 0 ] || exit 1
	ktap_failed=$must_failed_before
}

# leave DIRECTORY: unmounts it if something is mounted there.
leave() {
	! grep -q " $(realpath "$1") " /proc/mounts || umount "$1"
}

# ondemand_start [OPTION...]: runs the daemon, with the orders of suite.yaml, and waits until it has bound the cache. It reports readiness
# on fd 3, a fifo, so that a daemon that dies instead is seen as an end of file.
ondemand_start() {
	[ -p ready ] || mkfifo ready
	ondemand_orders "$@"
}

# One argument for each line of CRUCIBLE_ORDERS, in front of the others; they are for the first daemon only.
ondemand_orders() {
	ondemand_rest=${CRUCIBLE_ORDERS:-}
	CRUCIBLE_ORDERS=
	while [ -n "$ondemand_rest" ]; do
		set -- --order "${ondemand_rest%%
*}" "$@"
		case $ondemand_rest in
		*"
"*) ondemand_rest=${ondemand_rest#*
} ;;
		*) ondemand_rest= ;;
		esac
	done
	ondemand_run "$@"
}

ondemand_run() {
	ondemandd --cache "$ondemand_cache/fscache" --tag crucible --images "$ondemand_images" --socket "$ondemand_socket" --ready-fd 3 "$@" \
		3>ready </dev/null >>"$ondemand_log" 2>&1 &
	ondemand_pid=$!
	at_exit 'ondemand_abandon'
	read -r ondemand_ready <ready && [ "$ondemand_ready" = ready ]
}

# ondemand_stop: the daemon is told to quit; succeeds when it ends by itself and with status 0.
ondemand_stop() {
	ondemand_ctl quit >/dev/null || return 1
	wait "$ondemand_pid"
	ondemand_status=$?
	ondemand_pid=
	return "$ondemand_status"
}

# ondemand_abandon: for clean-up; whatever state the daemon is in, it is gone afterwards.
ondemand_abandon() {
	[ -n "$ondemand_pid" ] || return 0
	show "$ondemand_log" 'the daemon said'
	end_process "$ondemand_pid" ondemandd
	ondemand_pid=
}

# ondemand_ctl COMMAND...: asks the daemon; see programs/commands.c of erofs-ondemand.
ondemand_ctl() {
	ondemandd --ctl "$ondemand_socket" --deadline $((10 * ${CRUCIBLE_SCALE:-1})) "$@"
}

# ondemand_get NAME [IMAGE]: how many opens, reads, closes, refused, failures or read_bytes there were so far.
ondemand_get() {
	ondemand_ctl get "$@"
}

# ondemand_wait NAME VALUE [IMAGE]: until that count has reached VALUE.
ondemand_wait() {
	ondemand_ctl wait "$@" >/dev/null
}

# ondemand_forget: removes every cache file. The daemon must not run.
ondemand_forget() {
	rm -rf "$ondemand_cache/fscache"
	mkdir "$ondemand_cache/fscache"
}

# ondemand_cache_bytes: what the cache files occupy on disk, holes left out. Objects in use may still be nameless.
ondemand_cache_bytes() {
	find "$ondemand_cache/fscache/cache" -type f -exec stat -c %b {} + 2>/dev/null | awk '{ blocks += $1 } END { print blocks * 512 }'
}

# erofs_pack IMAGE SOURCE [OPTION...]: 4 KiB blocks, as large as a page, and no compression: what both kernels accept over fscache.
erofs_pack() {
	erofs_image=$1
	erofs_source=$2
	shift 2
	mkfs.erofs --quiet -T0 -U 00000000-0000-0000-0000-000000000001 "$@" "$ondemand_images/$erofs_image" "$erofs_source" >mkfs.log 2>&1 || {
		show mkfs.log 'mkfs.erofs said'
		give_up "mkfs.erofs of $erofs_image"
	}
}

# erofs_mount IMAGE DIRECTORY [OPTIONS]: mounts it on demand, until the case ends.
erofs_mount() {
	mkdir -p "$2"
	at_exit "leave '$2'"
	mount -t erofs -o "ro,fsid=$1${3:+,$3}" none "$2"
}

# erofs_unmount DIRECTORY [CLOSES]: and waits until the daemon has been told to close that many objects in all, that is until they are on disk.
erofs_unmount() {
	umount "$1" && { [ -z "${2:-}" ] || ondemand_wait closes "$2"; }
}
