#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# pressure.sh blocks|files: cachefilesd makes room when one of the two gets short, beginning with what was not used for longest.
. "${0%/*}/cull.sh"

# In an order in which each value keeps its place between the others, which begin at 7, 5 and 1: the kernel checks every line.
case $1 in
blocks)
	objects=30
	enough=50
	object_bytes=1048576
	cache_limits='brun 60%
bcull 50%
bstop 20%
fstop 1%
fcull 2%
frun 3%'
	;;
files)
	objects=320
	enough=45
	object_bytes=4096
	cache_limits='bstop 1%
bcull 2%
brun 3%
frun 50%
fcull 45%
fstop 20%'
	# As few inodes as there are blocks for them: 1024, of which a volume takes 258.
	mkfs.ext4 -q -F -N 1024 "$CRUCIBLE_DISK_SMALL" >/dev/null 2>&1 || give_up 'mkfs.ext4'
	;;
esac

# fill KEY: an object, full, that nobody uses
fill() {
	file_begin c v "$1" aux1 $object_bytes
	fill_at=0
	while [ $fill_at -lt $object_bytes ]; do
		fill_part=$((object_bytes - fill_at))
		[ $fill_part -le 262144 ] || fill_part=262144
		file_write c $fill_at $fill_part 1 || refused=$((refused + 1))
		fill_at=$((fill_at + fill_part))
	done
	file_end c 1
}

# old KEY: as if nobody had read it since
old() {
	touch -a -d '2001-01-01 00:00:00' "$(cache_object "D$1")"
}

make_objects() {
	number=0
	while [ $number -lt $objects ]; do
		number=$((number + 1))
		fill "$number"
	done
}

plan 9
refused=0
cache_disk "$CRUCIBLE_DISK_SMALL"
cache_run || {
	show "$cache_log" 'cachefilesd said'
	give_up 'cachefilesd did not start the cache'
}
netless_load
must_call acquire-volume v netless,pressure
file_begin held v held aux1 16384
file_write held 0 16384 2
must_call unuse held
must_call relinquish held
wait_until 5 'the object to be given back' cookies_are_gone_but 0
file_begin held v held aux1 16384
old held
fill first
old first
: >"$cache_dir/cache/foreign"
before=$(culled)
lowest=$(free_percent "$1")
check 'nothing is culled while there is space' [ "$before" = 0 ]
check 'objects are made until there is little' make_objects
check 'the daemon culls until there is enough' wait_until 30 'enough space' has_free "$1" $enough
evidence culled $(($(culled) - before))
check 'what was not used for longest is gone' [ -z "$(cache_object Dfirst)" ]
check 'what is in use is not, old as it is' reads 'ok 16384 2:16384,' held 0 16384 fail
check 'the last one is still there' [ -n "$(cache_object "D$objects")" ]
check 'the graveyard is empty' wait_until 10 'the graveyard to be emptied' graveyard_is_empty
file_begin c v "$objects" aux1 $object_bytes
check 'with its content' reads 'ok 4096 1:4096,' c 0 4096 fail
file_end c 1
file_begin c v first aux1 $object_bytes
check 'and what was culled is as good as new' reads -ENODATA c 0 4096 fail
file_end c 1
evidence objects $((objects + 1))
evidence left "$(cache_file_count)"
note "free at first $lowest%, now $(free_percent "$1")%; $refused writes were refused"
file_end held
must_call relinquish-volume v
