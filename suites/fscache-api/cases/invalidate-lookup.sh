#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A cookie is invalidated while its object is being looked up, and what the look-up finds is not what is read.
. "${0%/*}/api.sh"

plan 6
api_begin ext4 hold
must_call acquire-volume v netless,lookup
file_begin c v file aux1 16384
file_write c 0 16384 1
file_end c
fan=$(fan_of file)

forget_names
stall names "$fan"
must_call acquire-cookie c v file aux1 16384
must_call use c
check 'the object is being looked up' shows c state=looking-up
# The coherency data is still that on disk: only the invalidation says that the content is not.
must_call invalidate c - 16384
check 'the invalidation is to follow the look-up' has_flag c do-invalidate
stall go
check 'the look-up ends' becomes c state=active
check 'what was invalidated during the look-up is not read' reads -ENODATA c 0 16384 fail
evidence invalidations "$(fscache_stat n Invals)"
file_write c 0 16384 2
check 'what is written after it is' reads 'ok 16384 2:16384,' c 0 16384 fail
file_end c
call relinquish-volume v
balance_check
