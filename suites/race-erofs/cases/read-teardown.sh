#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The daemon reads a READ from the device; meanwhile the last anonymous fd of its object is closed, the reader is killed, and with it goes
# the mount, so that nobody but the daemon has the object.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/failover.sh"
. "$CRUCIBLE_LIB/race.sh"
. "${0%/*}/fd-holder.sh"
. "${0%/*}/image.sh"

plan 9
ondemand_disk "$CRUCIBLE_DISK_CACHE"
image_pack one 65536
must 'the daemon binds the cache' ondemand_start
actor_is daemon "$ondemand_pid"
must 'the image mounts' image_mount one
ondemand_ctl order 'before-take hold' >/dev/null
reader_start one
must 'the daemon is told of a READ, and leaves it' ondemand_wait held 1
must 'another process has the anonymous fds' holder_start closer
# No object is open to the daemon, then: to drop one asks nothing of it.
must 'the daemon closes its own' ondemand_ctl close-fd one.erofs >/dev/null
# While a CPU is held, an unmount would wait for a grace period of RCU. This one is over when the reader ends.
must 'the mount is left to its reader' umount -l one
kthreads_aside
mark 'the daemon reads'
ondemand_ctl release 1 >/dev/null &
release=$!
check 'the daemon reads the request' step 1
holder_end
reader_end one
check 'the daemon goes on' wait "$release"
check 'every cookie is given back' wait_until 10 'cookies and volumes to go' cookies_are_gone
