#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A cached 9p mount for many plays, from the moment ./ready exists until somebody writes to ./over; each play has a file of its own.
for part in ktap wait fscache-stats cache; do
	. "$CRUCIBLE_LIB/$part.sh"
done

plan 2
mkfifo over
mkdir -p mnt
at_exit 'rmdir mnt'
at_exit cache_stop
check 'the cache is active' cache_start "$CRUCIBLE_DISK_CACHE"
at_exit 'unmount "$PWD/mnt" && wait_until 10 "the cookies to be given back" cookies_are_gone'
check 'the file system is mounted' mount -t 9p -o trans=virtio,version=9p2000.L,cache=fscache export mnt
: >ready
# Opened both ways, which does not wait: an open that waits ends early when a child ends.
read -r _ <>over
