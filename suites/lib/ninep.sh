# SPDX-License-Identifier: GPL-2.0-only
# 9p mounts of a server in the same guest: ours, which takes orders, or diod; and of QEMU's. Sourced after ktap.sh and wait.sh.
# Everything lives below the case's own folder: export/ is what the server serves, mnt/ where it is mounted.

ninep_export=$PWD/export
ninep_mountpoint=$PWD/mnt
ninep_socket=$PWD/ninepd.sock
ninep_control=$PWD/ninepd.ctl
ninep_log=$PWD/ninepd.log
ninep_port=5640
ninep_pid=
mkdir -p "$ninep_export" "$ninep_mountpoint"

# ninep_start [OPTION...]: our server, until the case ends. It reports readiness on fd 3, a fifo, so that one that dies is an end of file.
ninep_start() {
	[ -p ready ] || mkfifo ready
	ninep_trans="trans=unix"
	ninep_source=$ninep_socket
	at_exit ninep_stop
	ninepd --root "$ninep_export" --socket "$ninep_socket" --control "$ninep_control" --ready-fd 3 "$@" 3>ready </dev/null >>"$ninep_log" 2>&1 &
	ninep_pid=$!
	read -r ninep_ready <ready && [ "$ninep_ready" = ready ]
}

# diod_start: diod on the loopback, until the case ends; whoever comes is root to it, as with our own server.
diod_start() {
	# diod's qids have version 0, which 6.12 takes for a synthetic file that is not to be cached unless told otherwise.
	ninep_trans="trans=tcp,port=$ninep_port,aname=$ninep_export,ignoreqv"
	ninep_source=127.0.0.1
	at_exit ninep_stop
	diod -f -n -S -U root -c /dev/null -l "127.0.0.1:$ninep_port" -e "$ninep_export" </dev/null >>"$ninep_log" 2>&1 &
	ninep_pid=$!
	wait_until 10 'diod to listen' listens_on "$ninep_port"
}

# virtio_start: QEMU's server for the share `export`; what is in its folder is out of the guest's reach.
virtio_start() {
	ninep_trans=trans=virtio
	ninep_source=export
}

# listens_on PORT
listens_on() {
	#    0: 0100007F:1608 00000000:0000 0A 00000000:...
	grep -q "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") [0-9A-F:]* 0A " /proc/net/tcp
}

ninep_stop() {
	[ -n "$ninep_pid" ] || return 0
	show "$ninep_log" 'the server said'
	end_process "$ninep_pid" 'the server'
	ninep_pid=
}

# ninep_ctl COMMAND...: asks our server; see programs/commands.c of ninep-misbehave.
ninep_ctl() {
	ninepd --ctl "$ninep_control" --deadline $((10 * ${CRUCIBLE_SCALE:-1})) "$@"
}

# ninep_get COUNT [NAME]: requests of a type, or another count, so far.
ninep_get() {
	ninep_ctl get "$@"
}

# ninep_wait COUNT VALUE [NAME]: until that count has reached VALUE.
ninep_wait() {
	ninep_ctl wait "$@" >/dev/null
}

# ninep_order ORDER...: sets ninep_ordered to its number, for ninep_release and `ninep_get fired`.
ninep_order() {
	ninep_ordered=$(ninep_ctl order "$@")
}

# ninep_release NUMBER: what that order holds goes on.
ninep_release() {
	ninep_ctl release "$1" >/dev/null
}

# ninep_mount MODE [OPTIONS] [DIRECTORY]: until the case ends.
ninep_mount() {
	at_exit "ninep_unmount '${3:-$ninep_mountpoint}'"
	mkdir -p "${3:-$ninep_mountpoint}"
	mount -t 9p -o "$ninep_trans,version=9p2000.L,cache=$1${2:+,$2}" "$ninep_source" "${3:-$ninep_mountpoint}"
}

# ninep_unmount [DIRECTORY]: and waits until the cookies it had are given back.
ninep_unmount() {
	unmount "${1:-$ninep_mountpoint}" && { [ ! -e /proc/fs/fscache/cookies ] || wait_until 10 'the cookies to be given back' cookies_are_gone; }
}

# ninep_is_reworked: the kernel has the cache modes of 6.4 and later: `readahead` is one, a file's pages are written back when it is closed, in
# every mode, and `mmap` reads through the page cache. The rework also gave 9p a splice_read of its own.
ninep_is_reworked() {
	grep -q ' v9fs_file_splice_read' /proc/kallsyms
}

# ninep_modes: the cache modes that this kernel knows.
ninep_modes() {
	if ninep_is_reworked; then
		echo none readahead mmap loose fscache
	else
		echo none mmap loose fscache
	fi
}

# ninep_trace: requests of all mounts are counted from now on, in a trace instance of its own, whatever the server is.
ninep_trace() {
	ninep_instance=/sys/kernel/tracing/instances/ninep
	at_exit "rmdir $ninep_instance"
	mkdir "$ninep_instance"
	# P9_TREAD and P9_TWRITE: there may be thousands of others.
	echo 'type == 116 || type == 118' >"$ninep_instance/events/9p/9p_client_req/filter"
	echo 1 >"$ninep_instance/events/9p/9p_client_req/enable"
}

# ninep_traced READ|WRITE: how many there were since ninep_trace.
ninep_traced() {
	# cat-240 [001] ..... 12.345678: 9p_client_req: client 18446612682135339008 request P9_TREAD tag  0
	grep -c "request P9_T$1 tag" "$ninep_instance/trace"
}
