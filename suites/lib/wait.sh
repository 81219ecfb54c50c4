# SPDX-License-Identifier: GPL-2.0-only
# Waits with a deadline. Sourced by guest-side cases.

# now_cs: centiseconds since the guest booted.
now_cs() {
	read -r wait_uptime wait_idle </proc/uptime
	echo $((${wait_uptime%.*} * 100 + 1${wait_uptime#*.} - 100))
}

# wait_until SECONDS WHAT COMMAND [ARGUMENT...]: until the command succeeds; at the deadline a note names WHAT, and it fails.
# SECONDS are meant for KVM and grow with CRUCIBLE_SCALE. The pause below is the only one in the suites: procfs and sysfs
# states (a cache bound, a cookie gone) send no event that a shell could wait for, so they are asked again, within bounds.
# Where time leaps (clock: warp) the pause is longer: it costs nothing, and asking does.
wait_until() {
	wait_scale=${CRUCIBLE_SCALE:-1}
	wait_end=$(($(now_cs) + $1 * 100 * ${wait_scale%%.*}))
	wait_for="$1 s x ${wait_scale%%.*} for $2"
	shift 2
	until "$@"; do
		if [ "$(now_cs)" -ge "$wait_end" ]; then
			echo "# waited $wait_for"
			return 1
		fi
		sleep "${CRUCIBLE_PAUSE:-0.02}"
	done
}

# end_process PID WHAT: SIGTERM to a child of this shell, SIGKILL when it has not ended within its deadline; reaps it.
end_process() {
	kill -TERM "$1" 2>/dev/null
	wait_until 5 "$2 to end" has_ended "$1" || kill -KILL "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return 0
}

# has_ended PID: gone, or a zombie that its parent has still to reap.
has_ended() {
	! read -r wait_stat 2>/dev/null <"/proc/$1/stat" || case ${wait_stat##*) } in Z*) ;; *) return 1 ;; esac
}

# is_mounted DIRECTORY: something is mounted there (Debian's busybox has no mountpoint).
is_mounted() {
	grep -q " $1 " /proc/mounts
}

# unmount DIRECTORY: tried again while a task of the kernel still holds it, within a deadline; nothing to do when not mounted.
unmount() {
	! is_mounted "$1" || wait_until 5 "$1 to be unmounted" umount "$1" 2>/dev/null
}
