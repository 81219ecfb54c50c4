#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The commands inuse and cull: what is in use stays, files are unlinked, directories go to the graveyard.
. "${0%/*}/cull.sh"

# in DIRECTORY COMMAND...: a command is about the directory that its writer is in.
in_directory() {
	cd "$1" || return
	shift
	"$@"
	in_status=$?
	cd "$OLDPWD"
	return $in_status
}

plan 18
cache_disk "$CRUCIBLE_DISK_CACHE"
device_bind "$cache_dir" || give_up 'the cache is not bound'
netless_load
must_call acquire-volume v netless,cull
file_begin c v file aux1 16384
file_write c 0 16384 1
file_end c
object=$(cache_object Dfile)
fan=${object%/*}
volume=${fan%/*}
before=$(culled)

file_begin c v file aux1 16384
check 'an object in use is in use' in_directory "$fan" refuses busy inuse Dfile
check 'and is not culled' in_directory "$fan" refuses busy cull Dfile
check 'nor is the directory that it is in' in_directory "$volume" refuses busy cull "${fan##*/}"
check 'nor is the volume' in_directory "$cache_dir/cache" refuses busy cull "${volume##*/}"
check 'nor is all of it' in_directory "$cache_dir" refuses busy cull cache
check 'its content stays' reads 'ok 16384 1:16384,' c 0 16384 fail
file_end c
check 'one that nobody uses is not in use' in_directory "$fan" device inuse Dfile
check 'asking is not culling' [ -e "$object" ]
check 'it is culled' in_directory "$fan" device cull Dfile
check 'and gone' [ ! -e "$object" ]
check 'which is counted' [ $(($(culled) - before)) = 1 ]
check 'what is gone is not culled' in_directory "$fan" refuses 'No such file' cull Dfile
file_begin c v file aux1 16384
check 'its cookie finds nothing' reads -ENODATA c 0 16384 fail
file_write c 0 16384 2
check 'and is cached again' reads 'ok 16384 2:16384,' c 0 16384 fail
file_end c
must_call relinquish-volume v
wait_until 5 'the volume to be given back' cookies_are_gone
check 'a volume that nobody uses is culled' in_directory "$cache_dir/cache" device cull "${volume##*/}"
check 'it lies in the graveyard, whole' [ "$(find "$cache_dir/graveyard" -name Dfile | wc -l)" = 1 ]
check 'and not in the cache' [ ! -e "$volume" ]
must_call acquire-volume v netless,cull
file_begin c v file aux1 16384
check 'the volume begins again' reads -ENODATA c 0 16384 fail
file_end c
must_call relinquish-volume v
wait_until 5 'the volume to be given back' cookies_are_gone
evidence culled $(($(culled) - before))
device_close
