#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Commands to the device: what is wrong is refused with the right error, and changes nothing.
. "${0%/*}/bind.sh"

cannot_open() {
	! (exec 8<>/dev/cachefiles) 2>open.log && grep -q 'busy' open.log
}

invalid='Invalid argument'
plan 31
cache_disk "$CRUCIBLE_DISK_CACHE"
device_open
check 'a second daemon is refused' cannot_open
check 'an unknown command is refused' refuses 'not supported' brew coffee
check 'an empty one too' refuses "$invalid" ''
check 'one that is longer than a page too' refuses 'not supported' "dir $(printf '%04096d' 0)"
check 'a cache without a directory is not bound' refuses "$invalid" bind
check 'nothing is culled before there is a cache' refuses 'Input/output error' cull name
check 'or looked at' refuses 'Input/output error' inuse name
check 'a limit needs its per cent sign' refuses "$invalid" brun 20
check 'a limit of all is refused' refuses "$invalid" brun 100%
check 'to stop culling where it begins is refused' refuses "$invalid" brun 5%
check 'to cull where nothing is allocated is refused' refuses "$invalid" bcull 1%
check 'to allocate where culling begins is refused' refuses "$invalid" bstop 5%
check 'the same for files: to stop culling' refuses "$invalid" frun 5%
check 'to cull' refuses "$invalid" fcull 1%
check 'to allocate' refuses "$invalid" fstop 5%
check 'limits in order are taken' device brun 20%
check 'a mask that is no number is refused' refuses "$invalid" debug everything
check 'a directory must be named' refuses "$invalid" dir
check 'a tag must be named' refuses "$invalid" tag
check 'a security context must be named' refuses "$invalid" secctx
check 'a security context that nobody knows is refused' refuses 'not supported' secctx system_u:system_r:cachefiles_kernel_t:s0
check 'a directory is taken' device dir "$cache_dir"
check 'a second one is not' refuses 'File exists' dir /tmp
check 'a tag is taken' device tag "$cache_tag"
check 'a second one is not' refuses 'File exists' tag other
check 'an unknown way to bind is refused' refuses "$invalid" bind loosely
check 'after all that the cache is bound' device bind
check 'a second time it is not' refuses 'busy' bind
cd "$cache_dir"
check 'a name with a path is not culled' refuses "$invalid" cull cache/name
check 'a name that is not there is not culled' refuses 'No such file' cull name
cd "$OLDPWD"
device_says
check 'the daemon reads its limits' [ "${said#cull=0 frun=}" != "$said" ]
evidence cache_state "$(cache_state)"
device_close
