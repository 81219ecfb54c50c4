#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The daemon is killed while a mount waits for its answer to OPEN; the mount fails and drops its volume while the dying daemon withdraws it.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/race.sh"

# waits_for_open PID: the mount sleeps in fscache, since nobody answers.
waits_for_open() {
	grep -q fscache "/proc/$1/wchan"
}

plan 4
ondemand_disk "$CRUCIBLE_DISK_CACHE"
mkdir -p source mnt
echo content >source/file
erofs_pack image.erofs source

must 'the daemon binds the cache' ondemand_start
actor_is daemon "$ondemand_pid"
# It reads no request any more, and can still be killed.
kill -STOP "$ondemand_pid"
at_exit 'leave mnt'
taskset -c "$(cpu_of mounter)" mount -t erofs -o ro,fsid=image.erofs none mnt 2>mount.log &
mounter=$!
must 'the mount waits for the daemon' wait_until 5 'the mount to ask for its image' waits_for_open $mounter
kill -KILL "$ondemand_pid"
wait $mounter
mount_status=$?
evidence mount_status $mount_status
check 'the mount fails' [ $mount_status -ne 0 ]
wait "$ondemand_pid"
check 'the daemon was killed' [ $? = 137 ]
ondemand_pid=
