#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Volumes: one key is one volume, with a cache or without; what is in the way of a new one is waited for, for as long as it takes.
. "${0%/*}/api.sh"

volume_row() {
	grep " $1\$" /proc/fs/fscache/volumes
}

both_volumes() {
	[ "$(volume_row netless,one | wc -l)" = 2 ]
}

# cache_name_of KEY
cache_name_of() {
	# 00000002     1     0   2 00 crucible        netless,one
	volume_row "$1" | awk '{ print $(NF - 1) }'
}

plan 17
api_begin ext4 hold
long=$(printf '%0255d' 0)

check 'NULL is taken for a volume and for a cookie everywhere, and gives no operation' says -ENOBUFS null
check 'a volume is acquired' says 'ok V=*' acquire-volume one netless,one - coherent
check 'a second one with its key is refused' says -EBUSY acquire-volume two netless,one - coherent
check 'one with another key is not' says 'ok V=*' acquire-volume other netless,other
check 'it is in the cache that comes to hand' [ "$(cache_name_of netless,other)" = crucible ]
check 'a volume may be in a cache that is not there' says 'ok V=*' acquire-volume elsewhere netless,elsewhere nowhere
check 'and has that name for it' [ "$(cache_name_of netless,elsewhere)" = nowhere ]
check 'a key as long as a name of a file is taken' says 'ok V=*' acquire-volume long "$long"
check 'a longer one is refused' says -ENOMEM acquire-volume longer "0$long"
call acquire-cookie uncached elsewhere file - 4096
call use uncached
check 'a cookie in a cache that is not there is uncached' shows uncached state=quiescent active=1
check 'and gives no operation' says -ENOBUFS begin op uncached read
call unuse uncached
call relinquish uncached

must_call acquire-volume again netless,again
call relinquish-volume again
must_call acquire-volume again netless,again

# Object and so volume of `file` stay until its name can be linked.
file_begin file one file aux1 4096
file_end file 0
fan=$(fan_of file)
file_begin file one file aux1 4096
must_call invalidate file aux2 4096
becomes file state=active
must_call unuse file
stall names "$fan"
must_call relinquish file
must_call relinquish-volume one
before=$(fscache_stat vcol)
later again acquire-volume one netless,one - coherent
check 'a volume whose key is still being given back is waited for' wait_until 5 'a second volume' both_volumes
check 'for as long as that takes' waits again __fscache_acquire_volume
stall go
check 'and then the key is free' answers again 'ok V=*'
check 'the volumes are not taken for a collision' [ "$(fscache_stat vcol)" = "$before" ]
evidence volumes_waiting "$waited"

file_begin file one file aux2 4096
check 'the new volume has what the old one cached' [ "$(cache_object Dfile)" = "$fan/Dfile" ]
file_end file 0
for volume in one other elsewhere long again; do
	call relinquish-volume "$volume"
done
balance_check
