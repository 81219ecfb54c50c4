#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# restart.sh FS: content survives the daemon, in whatever way it ends, the disk, and a move of the directory, and goes with the directory.
. "${0%/*}/bind.sh"

disk=$CRUCIBLE_DISK_CACHE
[ "$1" = ext4 ] || disk=$CRUCIBLE_DISK_XFS

# still_there AFTER: the cookie finds what it left.
still_there() {
	file_begin c v file aux1 65536
	check "after $1, the content is there" reads 'ok 65536 1:65536,' c 0 65536 fail
	file_end c
}

plan 11
cache_disk "$disk" "$1"
cache_run || give_up 'cachefilesd did not start the cache'
netless_load
must_call acquire-volume v netless,restart - coherent
file_begin c v file aux1 65536
file_write c 0 65536 1
file_end c
before=$(cache_reads)

cache_end TERM
cache_run || give_up 'a second daemon'
still_there 'a daemon that was told to go'

cache_end KILL
cache_run || give_up 'a third daemon'
still_there 'a daemon that was killed'

# The cookie is in use, and its file has no name yet.
file_begin c v file aux1 65536
must_call invalidate c aux2 65536
becomes c state=active
file_write c 0 65536 2
cache_end KILL
check 'a cookie in use is uncached without a daemon' becomes c state=quiescent active=1
cache_run || give_up 'a fourth daemon'
must_call use c
becomes c state=active
check 'with the next it has what was written' reads 'ok 65536 2:65536,' c 0 65536 fail
must_call unuse c
must_call update c aux1 65536
file_write c 0 65536 1
file_end c

call relinquish-volume v
cache_end
wait_until 5 'the volume to be given back' cookies_are_gone
unmount "$cache_mount"
mount -t "$1" "$disk" "$cache_mount"
mv "$cache_dir" "$cache_mount/moved"
cache_dir=$cache_mount/moved
cache_run || give_up 'a daemon on the moved directory'
must_call acquire-volume v netless,restart - coherent
still_there 'a mount and a move'

mv "$cache_dir" "$cache_mount/again"
cache_dir=$cache_mount/again
still_there 'a move under the daemon'
file_begin d v other aux1 65536
file_write d 0 65536 3
file_end d
check 'what is new is where the directory is' [ -n "$(cache_object Dother)" ]
call relinquish-volume v
wait_until 5 'the volume to be given back' cookies_are_gone
cache_end

cache_dir=$cache_mount/fscache
mkdir "$cache_dir"
cache_run || give_up 'a daemon on an empty directory'
must_call acquire-volume v netless,restart - coherent
file_begin c v file aux1 65536
check 'another directory is another cache' reads -ENODATA c 0 65536 fail
file_end c
call relinquish-volume v

# With another volume coherency all of it is stale.
cache_end
cache_dir=$cache_mount/again
cache_run || give_up 'a daemon on the moved directory'
must_call acquire-volume v netless,restart - changed!
file_begin c v file aux1 65536
check 'a volume with other coherency data finds nothing' reads -ENODATA c 0 65536 fail
file_end c
call relinquish-volume v
check 'and what it had is buried' [ -z "$(cache_object Dother)" ]
check 'until the daemon removes it' wait_until 10 'the graveyard to be emptied' graveyard_is_empty
evidence cache_reads $(($(cache_reads) - before))
