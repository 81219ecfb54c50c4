#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A cache is bound and withdrawn again and again, and refused again and again; no credentials are left behind.
. "${0%/*}/bind.sh"

rounds=60
# What else the guest does meanwhile takes some and gives some back.
tolerance=20

# Its name since 6.9, and before.
slab=/sys/kernel/slab/cred
[ -d $slab ] || slab=/sys/kernel/slab/cred_jar

# credentials: how many there are. Shrinking the cache empties the quarantine in which KASAN keeps what is free.
credentials() {
	echo 1 >$slab/shrink
	read -r credentials credentials_by_node <$slab/objects
	echo "$credentials"
}

# Those that are freed after a grace period have their time.
are_given_back() {
	[ $(($(credentials) - before)) -le "$tolerance" ]
}

bind_again() {
	for round in $(seq $rounds); do
		device_bind "$1" >/dev/null 2>&1
		bound=$?
		device_close
		[ $bound = "$2" ] || return 1
	done
}

[ -e $slab/objects ] || skip_case 'the kernel does not count slab objects'
plan 4
cache_disk "$CRUCIBLE_DISK_CACHE"
device_bind "$cache_dir" || give_up 'the cache is not bound'
device_close
before=$(credentials)
check 'a cache is bound and withdrawn again and again' bind_again "$cache_dir" 0
check 'its credentials are given back' wait_until 5 'credentials to be given back' are_given_back
evidence grown_by $(($(credentials) - before))
before=$(credentials)
check 'a cache is refused again and again' bind_again "$cache_mount/missing" 1
check 'the credentials of a refused one are given back' wait_until 5 'credentials to be given back' are_given_back
evidence rounds $rounds
evidence credentials "$(credentials)"
