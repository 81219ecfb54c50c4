# SPDX-License-Identifier: GPL-2.0-only
# What becomes of processes and mounts.

# Sets process_pid to the one process that is called $fault_process. busybox' pidof misses one now and then.
process_find() {
	process_pid=
	for process_dir in /proc/[0-9]*; do
		read -r process_comm 2>/dev/null <"$process_dir/comm" && [ "$process_comm" = "$fault_process" ] || continue
		process_pid="$process_pid ${process_dir#/proc/}"
	done
	process_pid=${process_pid# }
	case $process_pid in
	'' | *' '*)
		echo "there is not one $fault_process, but: $process_pid"
		return 1
		;;
	esac
}

# process_signal SIGNAL
process_signal() {
	process_find || return
	echo "$process_pid" >"$fault_dir/pid"
	kill "-$1" "$process_pid"
}

process_is_stopped() {
	read -r process_stat 2>/dev/null <"/proc/$1/stat" && case ${process_stat##*) } in [Tt]*) ;; *) return 1 ;; esac
}

process_killed_lacks() { :; }
process_killed_arm() { process_signal KILL; }
process_killed_count() {
	[ -e "$fault_dir/pid" ] && has_ended "$(cat "$fault_dir/pid")" && echo 1 || echo 0
}
process_killed_disarm() { :; }

process_stopped_lacks() { :; }
process_stopped_arm() {
	process_signal STOP && wait_until 5 "$fault_process to stop" process_is_stopped "$process_pid"
}
process_stopped_count() {
	[ -e "$fault_dir/pid" ] && process_is_stopped "$(cat "$fault_dir/pid")" && echo 1 || echo 0
}
process_stopped_disarm() { kill -CONT "$(cat "$fault_dir/pid")"; }

unmounted_lacks() { :; }
unmounted_arm() {
	case $fault_how in
	# Its first effect is that tasks which wait for the server wait no more, and let go of the mount.
	force) wait_until 10 "$fault_at to be unmounted by force" umount -f "$fault_at" 2>/dev/null ;;
	lazy) umount -l "$fault_at" ;;
	esac
	! is_mounted "$fault_at" && echo 1 >"$fault_dir/count"
}
unmounted_count() { cat "$fault_dir/count" 2>/dev/null || echo 0; }
unmounted_disarm() { :; }

nfsd_down_lacks() { :; }
nfsd_down_arm() {
	count_begin sunrpc/rpc_socket_error 'error != 0' && nfsd_down
}
nfsd_down_count() { count_events; }
nfsd_down_disarm() { count_end && nfsd_up; }
