#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A daemon dies and its requests are flushed; who waited for them has freed them when another process closes an anonymous fd of the cache.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/failover.sh"
. "$CRUCIBLE_LIB/race.sh"
. "${0%/*}/fd-holder.sh"

reader_fails() {
	wait_until 5 'the reader to end' has_ended "$reader_one" || return 1
	wait "$reader_one"
	reader_status=$?
	reader_one=
	[ "$reader_status" -ne 0 ]
}

plan 7
ondemand_disk "$CRUCIBLE_DISK_CACHE"
blob_pack one 65536
must 'the daemon binds the cache' ondemand_start
actor_is daemon "$ondemand_pid"
must 'the image mounts' blob_mount one
# The READ is to be new, that is not taken, when the daemon dies: only those are looked at when an anonymous fd is released.
ondemand_ctl order 'before-take hold' >/dev/null
reader_start one
must 'the daemon is told of a READ, and leaves it' ondemand_wait held 1
must 'another process has the anonymous fds' holder_start closer
kthreads_aside
kill -KILL "$ondemand_pid"
check 'all requests are completed' step 1
check 'the reader gets an error' reader_fails
holder_end
check 'the daemon has ended' wait_until 5 'the killed daemon to end' has_ended "$ondemand_pid"
# Where it has not, it never will.
ondemand_pid=
