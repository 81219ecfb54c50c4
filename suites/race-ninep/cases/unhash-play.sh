#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# unhash-play.sh FILE: it is read and closed; when its cookie is to leave the LRU, and one of the workers is held, the file is removed.
for part in ktap wait fscache-stats race; do
	. "$CRUCIBLE_LIB/$part.sh"
done

no_cookies() {
	[ "$(fscache_rows cookies)" = 0 ]
}

plan 3
check 'the file is read' cmp -s "mnt/$1" content
sync
check 'its content goes to the cache' wait_until 10 'netfs requests to end' netfs_is_idle
mark 'the file is closed'
# Where nobody is held the file goes all the same.
! step 2 2 || workers_elsewhere 2
taskset -c "$(cpu_of dropper)" rm "mnt/$1"
check 'its cookie is dropped' wait_until 10 'the cookie to be dropped' no_cookies
