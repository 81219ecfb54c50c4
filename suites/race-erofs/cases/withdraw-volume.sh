#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A mount is refused by its daemon and gives its volume back; the daemon is killed at that moment and withdraws the same volume.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/race.sh"

plan 4
ondemand_disk "$CRUCIBLE_DISK_CACHE"
mkdir -p mnt
must 'the daemon binds the cache' ondemand_start
actor_is daemon "$ondemand_pid"
at_exit 'leave mnt'
kthreads_aside
# The daemon has no such image. When both are held, neither waits for an RCU grace period: a held CPU lets none pass.
taskset -c "$(cpu_of mounter)" mount -t erofs -o ro,fsid=absent.erofs none mnt 2>mount.log &
mounter=$!
check 'the mount gives its volume back' step 1
kill -KILL "$ondemand_pid"
wait $mounter
mount_status=$?
evidence mount_status $mount_status
check 'the mount fails' [ $mount_status -ne 0 ]
check 'the daemon has ended' wait_until 3 'the killed daemon to end' has_ended "$ondemand_pid"
# Where it has not, it never will.
ondemand_pid=
