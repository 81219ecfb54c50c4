#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file becomes shorter and longer, its coherency data is updated, and the object on disk follows.
. "${0%/*}/api.sh"

# attribute SIZE AUX: what the object's attribute is to be: size, zero point, type, content, coherency data.
attribute() {
	printf '%016x%016x01%02x' "$1" 0 0
	printf %s "$2" | od -An -v -tx1 | tr -d ' \n'
}

has_attribute() {
	[ "$(cache_xattr "$(cache_object Dfile)")" = "$(attribute "$@")" ]
}

plan 14
api_begin
must_call acquire-volume v netless,resize
file_begin c v file aux1 65536
file_write c 0 65536 1
before=$(fscache_stat rsz)
must_call resize c 10000
check 'the cookie has the new size' shows c size=10000
check 'the end is cut, and zeroes fill its last block' reads 'ok 12288 1:10000,z:*' c 0 16384 ignore
must_call resize c 65536
check 'a longer one has it too' shows c size=65536
check 'and no content comes back' reads 'ok * 1:10000,z:55536,' c 0 65536 clear
check 'both are counted' [ $(($(fscache_stat rsz) - before)) = 2 ]
file_end c
check 'size and coherency data are on disk' has_attribute 65536 aux1
file_begin c v file aux1 65536
check 'the next cookie finds the same' reads 'ok * 1:10000,z:55536,' c 0 65536 clear
must_call update c aux2 20000
check 'an update is noted' has_flag c needs-update
file_end c
check 'and on disk when the cookie is given back' has_attribute 20000 aux2
file_begin c v file aux2 20000
check 'where the next one finds it' reads 'ok 8192 1:8192,' c 0 8192 fail
must_call unuse c aux3 30000
must_call relinquish c
wait_until 10 'the cookie to be given back' cookies_are_gone_but 0
check 'the last user may update too' has_attribute 30000 aux3

before=$(fscache_stat rsn)
must_call acquire-cookie c v file aux3 30000
must_call resize c 40000
check 'a cookie that is not cached has nothing to resize' [ $(($(fscache_stat rsn) - before)) = 1 ]
must_call relinquish c
file_begin c v other aux1 0
check 'a file of no size has an object of none' reads 'ok 0 ?:4096,' c 0 4096 ignore
evidence cache_reads "$(cache_reads)"
file_end c
call relinquish-volume v
balance_check
