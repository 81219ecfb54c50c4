#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# To close the anonymous fd of one object is no answer to the READ of another.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/failover.sh"

plan 9
ondemand_disk "$CRUCIBLE_DISK_CACHE"
blob_pack one 65536
blob_pack two 65536

must 'the daemon binds the cache' ondemand_start
must 'the first image mounts' blob_mount one
must 'the second image mounts' blob_mount two
reader_start one
must 'the daemon has a READ of the first in hand' ondemand_wait fired 1 1
evidence held "$(ondemand_get held)"
check 'the anonymous fd of the second is closed' eval 'ondemand_ctl close-fd two.blob >/dev/null'
ondemand_ctl release 1 >/dev/null
check 'the READ is still there to be answered' [ "$(ondemand_get failures)" -eq 0 ]
check 'its reader ends and met no error' reader_ends_well one
evidence reads "$(ondemand_get reads one.blob)"
check 'with the right bytes' reader_has_all one
check 'the daemon ends after the last unmount' eval 'umount one && umount two && ondemand_stop'
