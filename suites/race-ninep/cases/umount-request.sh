#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file is read through a mount that ends with its reader, while a worker has still to free the request of that read.
for part in ktap wait race; do
	. "$CRUCIBLE_LIB/$part.sh"
done

[ -e /proc/fs/netfs/requests ] || skip_case 'a read of this kernel ends in its reader, not in a worker'
plan 3
mkdir -p mnt
at_exit 'rmdir mnt'
at_exit 'unmount "$PWD/mnt"'
mount -t 9p -o trans=virtio,version=9p2000.L,cache=none export mnt
# One page is one request.
head -c 4096 /dev/urandom >mnt/file
expected=$(sha256sum <mnt/file)
umount mnt

# A time of access would have to be written by a worker first.
check 'the file system is mounted' mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,noatime export mnt
# umount waits for a grace period of RCU; that of a mount in use leaves the rest to the last who uses it, and that waits for none.
taskset -c "$(cpu_of reader)" sh -c 'cd mnt && umount -l "$PWD" && echo "the file is read" >/sys/kernel/tracing/trace_marker && exec sha256sum <file' >seen
check 'what was read is the file' [ "$(cat seen)" = "$expected" ]
check 'the worker frees the request' step 2
