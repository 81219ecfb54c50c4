#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# An object whose anonymous fd the daemon has closed is opened again before anything is read of it.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/failover.sh"

plan 7
ondemand_disk "$CRUCIBLE_DISK_CACHE"
blob_pack one 262144

must 'the daemon binds the cache' ondemand_start --journal "$daemon_journal"
must 'the image mounts' blob_mount one
ondemand_ctl close-fd one.blob >/dev/null
evidence opens_before "$(ondemand_get opens one.blob)"
taken=$(ondemand_get after-take)
reader_start one
must 'the reader makes a request' ondemand_wait after-take $((taken + 1))
# 71 after-take OPEN msg=5 ...
first=$(awk -v after="$taken" '$2 == "after-take" && ++seen == after + 1 { print $3 }' journal)
must "the first is an OPEN, not a $first" [ "$first" = OPEN ]
check 'the reader ends with the right bytes' eval 'reader_ends_well one && reader_has_all one'
evidence opens_after "$(ondemand_get opens one.blob)"
evidence reads "$(ondemand_get reads one.blob)"
check 'no answer went wrong' [ "$(ondemand_get failures)" -eq 0 ]
check 'the daemon ends after the last unmount' eval 'umount one && ondemand_stop'
