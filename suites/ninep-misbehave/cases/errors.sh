#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Each request that fails fails its system call, once; nothing of it stays in the page cache, and the next one is served.
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# fails_once MODE ORDER ERROR NAME COMMAND...: the first time it fails with this error, because the order has fired, and reads nothing; the
# second time it does not.
fails_once() {
	fails_mode=$1
	ninep_order "$2"
	fails_error=$3
	fails_name=$4
	shift 4
	check "$fails_mode: $fails_name fails" fails "$@"
	check "$fails_mode: and is served the next time" "$@"
	errors=$((errors + $(ninep_get fired "$ninep_ordered")))
}
fails() {
	: >seen
	! "$@" 2>errors.log && [ ! -s seen ] && grep -q "$fails_error" errors.log && [ "$(ninep_get fired "$ninep_ordered")" -ge 1 ] || {
		show errors.log "$fails_name: it said"
		return 1
	}
}

opens() {
	cat "$ninep_mountpoint/$1" >/dev/null
}
reads_well() {
	# Not cat: busybox' tries another way when one has failed.
	fdio 3 read 0 100 3<"$ninep_mountpoint/$1" >seen && [ "$(cat seen)" = content ]
}
lists() {
	dirseek "$ninep_mountpoint/dir" 1 >/dev/null
}
# Through to the server, in whatever mode.
writes() {
	echo "$2" | dd of="$ninep_mountpoint/$1" conv=fsync 2>>errors.log
}
creates() {
	touch "$ninep_mountpoint/$1"
}

plan 47
errors=0
check 'the server starts' ninep_start
mkdir "$ninep_export/dir"
for mode in none mmap loose; do
	for name in read lopen walk getattr write; do
		echo content >"$ninep_export/$name-$mode"
	done
	check "$mode: it is mounted" ninep_mount "$mode"
	# EIO, EACCES, EMFILE, ENOSPC
	# With a cache there is a readahead first, and when it fails, a READ for the page that is wanted.
	case $mode in
	none) reads=1 ;;
	mmap) ninep_is_reworked && reads=2 || reads=1 ;;
	*) reads=2 ;;
	esac
	fails_once "$mode" "before-read key=read-$mode times=$reads error=5" EIO 'a READ' reads_well "read-$mode"
	fails_once "$mode" "before-lopen key=lopen-$mode error=13" 'Permission denied' 'an open' opens "lopen-$mode"
	fails_once "$mode" "before-walk key=walk-$mode error=5" 'Input/output error' 'a lookup' opens "walk-$mode"
	fails_once "$mode" "after-lcreate key=new-$mode error=24" 'Too many open files' 'a creation' creates "new-$mode"
	fails_once "$mode" "before-readdir error=5" 'Input/output error' 'a listing' lists
	fails_once "$mode" "before-write key=write-$mode error=28" 'No space left on device' 'a WRITE' writes "write-$mode" again
	check "$mode: what was written then is on the server" [ "$(cat "$ninep_export/write-$mode")" = again ]
	check "$mode: it is unmounted" ninep_unmount
done
check 'no fid is left behind' [ "$(ninep_get unclunked)" = 0 ]
evidence errors "$errors"
