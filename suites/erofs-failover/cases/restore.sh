#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Without `restore` a request that a dead daemon took stays taken, however well its successor serves others; `restore` brings it back.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/failover.sh"

plan 13
ondemand_disk "$CRUCIBLE_DISK_CACHE"
blob_pack one 262144
blob_pack two 262144

must 'the keeper runs' keeper_start
must 'the first daemon binds the cache' daemon_start --keep-objects
must 'the first image mounts' blob_mount one
must 'the second image mounts' blob_mount two
reader_start one
must 'the daemon dies with a READ in hand' daemon_is_killed
evidence in_hand "$(killed_in_hand)"
must 'its successor takes the device over, without restore' daemon_start --keep-objects --no-restore
reader_start two
check 'the successor serves another reader' reader_ends_well two
check 'with the right bytes' reader_has_all two
evidence served_meanwhile "$(ondemand_get reads two.blob)"
check 'the request of the dead daemon was not given to it' [ "$(ondemand_get reads one.blob)" -eq 0 ]
evidence reads_before_restore "$(ondemand_get reads one.blob)"
ondemand_ctl restore >/dev/null
check 'after restore it is' ondemand_wait reads 1 one.blob
evidence came_again "$(came_again)"
check 'the first reader ends and met no error' reader_ends_well one
check 'with the right bytes' reader_has_all one
umount one
umount two
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
