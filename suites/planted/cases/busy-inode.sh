#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file system is unmounted while the kernel holds one of its inodes.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "${0%/*}/planted.sh"

plan 3
planted_load
mkdir busy
check 'a file system is mounted' mount -t tmpfs busy busy
echo content >busy/file
printf %s "$PWD/busy/file" >$planted/parameters/path
check 'the fault is committed' plant busy_inode
check 'the file system is unmounted' umount busy
evidence committed busy_inode
