#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A synchronous append to a page whose write-back the server has answered, while a worker has still to end it: the append waits for that.
for part in ktap wait race; do
	. "$CRUCIBLE_LIB/$part.sh"
done

grep -q ' netfs_writepages' /proc/kallsyms || skip_case 'a write-back of this kernel ends in its writer, not in a worker'
plan 5
mkdir -p mnt
at_exit 'rmdir mnt'
at_exit 'unmount "$PWD/mnt"'
check 'the file system is mounted' mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose export mnt
echo first >mnt/file
sync
exec 3<>mnt/file
# The page is read before it is written, so that it is whole.
fdio 3 read 0 100 >/dev/null
printf F | fdio 3 write 0
mark 'the page is dirty'
fdio 3 writeback
check 'the worker is about to end the write-back' step 1
echo second >line
taskset -c "$(cpu_of appender)" fdio 3 append-sync <line
check 'the append succeeds' [ $? -eq 0 ]
exec 3<&-
check 'it is unmounted' umount mnt
mount -t 9p -o trans=virtio,version=9p2000.L,cache=none export mnt
check 'both are on the server' [ "$(cat mnt/file)" = "First
second" ]
