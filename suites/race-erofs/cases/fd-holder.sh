# SPDX-License-Identifier: GPL-2.0-only
# Another process that has the daemon's anonymous fds, and with which they are released. Sourced after ondemand.sh and race.sh.

holder_pid=

# holder_start ACTOR: a process on that actor's CPU.
holder_start() {
	taskset -c "$(cpu_of "$1")" fdhold "$ondemand_pid" 'anon_inode:[cachefiles]' >held 2>>"$ondemand_log" &
	holder_pid=$!
	at_exit holder_end
	wait_until 5 'copies of the anonymous fds' [ -s held ] && [ "$(cat held)" -ge 1 ]
}

# holder_end: it is gone, and its fds are closed.
holder_end() {
	[ -n "$holder_pid" ] || return 0
	kill -KILL "$holder_pid"
	wait "$holder_pid"
	holder_pid=
}
