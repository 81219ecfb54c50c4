#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A worker is to open an object again whose anonymous fd was closed; before it does, the reader is killed, and with it goes the mount.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/failover.sh"
. "$CRUCIBLE_LIB/race.sh"
. "${0%/*}/image.sh"

plan 6
ondemand_disk "$CRUCIBLE_DISK_CACHE"
image_pack one 65536
must 'the daemon binds the cache' ondemand_start
must 'the image mounts' image_mount one
ondemand_ctl close-fd one.erofs >/dev/null
ondemand_ctl order 'before-take hold' >/dev/null
reader_start one
must 'the daemon is told of a READ, and leaves it' ondemand_wait held 1
# While a CPU is held, an unmount would wait for a grace period of RCU. This one is over when the reader ends.
must 'the mount is left to its reader' umount -l one
kthreads_aside
# The device gives the daemon nothing: the object has to be opened first.
ondemand_ctl release 1 >/dev/null
check 'a worker is to open the object' step 1
workers_elsewhere 1
reader_end one
check 'every cookie is given back' wait_until 10 'cookies and volumes to go' cookies_are_gone
evidence failures "$(ondemand_get failures)"
