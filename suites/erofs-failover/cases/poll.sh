#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A request that the daemon has in hand is no reason for poll to say that there is one to take; a new one is.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/failover.sh"

plan 10
ondemand_disk "$CRUCIBLE_DISK_CACHE"
blob_pack one 65536
blob_pack two 65536

must 'the daemon binds the cache' ondemand_start
must 'the first image mounts' blob_mount one
must 'the second image mounts' blob_mount two
reader_start one
# The order is in suite.yaml; it is the daemon's first.
must 'the daemon has a READ in hand' ondemand_wait fired 1 1
evidence held "$(ondemand_get held)"
polled=$(ondemand_ctl poll)
check 'poll says there is nothing to take' [ "$polled" = 0 ]
reader_start two
check 'poll says so when there is' wait_until 5 'the READ of the second image' device_has_request
evidence polled_when_new "$(ondemand_ctl poll)"
ondemand_ctl release 1 >/dev/null
check 'the first reader ends with the right bytes' eval 'reader_ends_well one && reader_has_all one'
check 'so does the second' eval 'reader_ends_well two && reader_has_all two'
spurious=$(ondemand_get spurious)
check 'the daemon was never woken for nothing' [ "$spurious" -eq 0 ]
check 'the daemon ends after the last unmount' eval 'umount one && umount two && ondemand_stop'
