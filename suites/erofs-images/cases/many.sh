#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# many.sh MOUNTS ROUNDS: so many images mounted at once, in a domain so that one volume does, and one image mounted so many times: devices,
# cookies and volumes do not add up.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/ondemand.sh"
. "$CRUCIBLE_LIB/tree.sh"

plan 9
mkdir -p source
head -c 65536 /dev/urandom >source/file
tree_list source >expected
ondemand_disk "$CRUCIBLE_DISK_CACHE"
erofs_pack image.erofs source
number=0
while [ $((number += 1)) -le "$1" ]; do
	ln -f images/image.erofs "images/image-$number.erofs"
done

each() {
	each_number=0
	while [ $((each_number += 1)) -le "$1" ]; do
		eval "$2" || return 1
	done
}

# device_of DIRECTORY: its anonymous device number.
device_of() {
	stat -c %d "$1"
}

# One mount after the other takes the lowest number that is free: always the same.
rounds() {
	devices=
	done_rounds=0
	while [ $done_rounds -lt "$1" ]; do
		erofs_mount image.erofs mnt || return 1
		devices="$devices $(device_of mnt)"
		umount mnt || return 1
		done_rounds=$((done_rounds + 1))
	done
}

# different WORD...: how many different words there are.
different() {
	printf '%s\n' "$@" | sort -u | wc -l
}

must 'the daemon binds the cache' ondemand_start
check "$1 images are mounted at once" each "$1" 'erofs_mount image-$each_number.erofs mnt-$each_number domain_id=many'
evidence cookies "$(fscache_rows cookies)"
evidence volumes "$(fscache_rows volumes)"
check 'each has its content' each "$1" 'same_tree expected mnt-$each_number'
check 'and a device number of its own' [ "$(different $(each "$1" 'device_of mnt-$each_number'))" = "$1" ]
check 'all are unmounted' each "$1" 'umount mnt-$each_number'
check 'every cookie is given back' wait_until 5 'cookies and volumes to go' cookies_are_gone
check "one image is mounted $2 times" rounds "$2"
evidence rounds $done_rounds
check 'always with the same device number' [ "$(different $devices)" = 1 ]
note "device numbers:$devices"
check 'the daemon ends' eval "wait_until 5 'cookies and volumes to go' cookies_are_gone && ondemand_stop"
