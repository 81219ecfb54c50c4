#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Nobody keeps the device: when the daemon dies the cache is dead, what was asked for and what is asked for later fails, and a new daemon
# serves a new mount. The error is EIO while the kernel still withdraws the cookies and ENOBUFS when it has.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/failover.sh"

plan 10
ondemand_disk "$CRUCIBLE_DISK_CACHE"
blob_pack one 262144

reader_fails() {
	eval "reader_pid=\$reader_one"
	wait_until 10 'the reader to end' has_ended "$reader_pid" || return 1
	wait "$reader_pid"
	reader_status=$?
	reader_one=
	[ "$reader_status" -ne 0 ] || return 1
	grep -q 'Input/output error\|No buffer space available' reader-one.log || {
		show reader-one.log 'the reader said'
		return 1
	}
	failed=$((failed + 1))
}

must 'the daemon binds the cache' ondemand_start --journal "$daemon_journal"
must 'the image mounts' blob_mount one
reader_start one
must 'the daemon dies with a READ in hand' daemon_is_killed
evidence in_hand "$(killed_in_hand)"
failed=0
check 'the reader gets an error' reader_fails
reader_start one
check 'so does one that comes later' reader_fails
evidence readers_failed $failed
must 'the image unmounts' umount one
must 'a new daemon binds the cache' ondemand_start --journal "$daemon_journal"
must 'the image mounts again' blob_mount one
check 'every byte is right' cmp -s source-one/big one/big
evidence reads_afterwards "$(ondemand_get reads one.blob)"
check 'the daemon ends after the last unmount' eval 'umount one && ondemand_stop'
