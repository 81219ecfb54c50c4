#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Users of a cookie are counted; who modifies it leaves a mark on disk until it is given back.
. "${0%/*}/api.sh"

# content_byte FILE: the byte of the attribute that says what the object holds; 04 is `dirty`.
content_byte() {
	cache_xattr "$1" | cut -c 35-36
}

is_marked() {
	[ "$(content_byte "$1")" = "$2" ]
}

plan 13
api_begin
must_call acquire-volume v netless,use
must_call acquire-cookie c v file aux1 8192
check 'a cookie that is not used is not looked up' shows c state=quiescent active=0
check 'and gives no operation' says -ENOBUFS begin op c read
for user in 1 2 3; do
	must_call use c
done
check 'three users are counted' becomes c state=active active=3
must_call unuse c
must_call unuse c
check 'one is left' shows c state=active active=1
check 'the cookie is not in the list of the unused' [ "$(fscache_stat n LRU)" = 0 ]
must_call unuse c
check 'the last one leaves it to the list of the unused' [ "$(fscache_stat n LRU)" = 1 ]
check 'and it stays active for a while' shows c state=active active=0
must_call use c
check 'it is used again at once' shows c state=active active=1
file_write c 0 8192 1
file_end c
object=$(cache_object Dfile)

file_begin c v file aux1 8192 modify
check 'who modifies marks the object' wait_until 5 'the mark of a modified object' is_marked "$object" 04
check 'and the cookie' has_flag c local-write
must_call unuse c aux2 8192
must_call relinquish c
wait_until 10 'the cookie to be given back' cookies_are_gone_but 0
check 'the mark goes when the cookie is given back' is_marked "$object" 00
file_begin c v file aux2 8192
check 'with the coherency data of the last user the content is valid' reads 'ok 8192 1:8192,' c 0 8192 fail
evidence cache_reads "$(cache_reads)"
file_end c
call relinquish-volume v
balance_check
