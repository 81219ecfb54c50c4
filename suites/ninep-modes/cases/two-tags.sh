#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# /sys/fs/9p/caches has the tag of every mount with a cache, one a line (known bug 56).
for part in ktap wait fscache-stats files cache ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

plan 6
check 'the server is there' ninep_start
check 'one is mounted' ninep_mount fscache cachetag=first "$PWD/one"
check 'and another' ninep_mount fscache cachetag=the-second-one "$PWD/two"
check 'both tags are listed' [ "$(sort /sys/fs/9p/caches | tr '\n' ' ')" = 'first the-second-one ' ]
evidence volumes "$(fscache_rows volumes)"
check 'one is unmounted' unmount "$PWD/one"
check 'its tag is gone' [ "$(cat /sys/fs/9p/caches)" = the-second-one ]
