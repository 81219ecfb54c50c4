#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Cookies: keys of every form and length, collisions, and what becomes of the object when its cookie is given back, retired or not.
. "${0%/*}/api.sh"

# is_cached NAME KEY: a cookie of that key is looked up, given back, and has a file on disk, whose name NAME gives as a pattern.
is_cached() {
	file_begin cookie v "$2" aux1 4096
	file_end cookie "${3:-0}"
	[ "$(cache_object "$1" | wc -l)" = 1 ]
}

# bytes COUNT DIGITS: that many bytes as hexadecimal digits
bytes() {
	printf '0x'
	printf "%0$1d" 0 | sed "s/0/$2/g"
}

plan 16
api_begin ext4 hold
must_call acquire-volume v netless,cookies

check 'a cookie without a key is none' says null acquire-cookie empty v - aux1 4096
check 'a key of text is the name of its file' is_cached Dtext text
check 'one of a single character too' is_cached Dx x
check 'as long as it can be with a letter before it' is_cached "D$(printf '%0252d' 0)" "$(printf '%0252d' 0)"
check 'four bytes are written as a number' is_cached 'S1020304' 0x01020304
check 'little-endian when that is shorter' is_cached 'T*' 0x0100000002000000
check 'many bytes are written in base 64' is_cached 'E0*' "$(bytes 186 fe)"
# The 338 characters of 252 bytes do not fit, and the name is cut (suites/known-issues/cachefiles-name-cut.txt).
file_begin wide v "$(bytes 252 fe)" aux1 4096
file_write wide 0 4096 1
check 'as many bytes as fscache takes are cached too' reads 'ok 4096 1:4096,' wide 0 4096 fail
file_end wide

file_begin first v file aux1 4096
check 'one key is one cookie' says null acquire-cookie second v file aux1 4096
must_call acquire-volume w netless,other
check 'in another volume it is another cookie' says 'ok c=*' acquire-cookie second w file aux1 4096
must_call relinquish second
must_call unuse first
must_call relinquish first
wait_until 10 'the cookie to be given back' cookies_are_gone_but 0
check 'a cookie that was never used has no file' [ "$(cache_object Dfile | wc -l)" = 1 ]
fan=$(fan_of file)

# The first life of the object lasts until its name can be linked.
file_begin first v file aux1 4096
must_call invalidate first aux2 4096
becomes first state=active
must_call unuse first
stall names "$fan"
must_call relinquish first
later second acquire-cookie second v file aux2 4096
check 'a key that is still being given back is waited for' wait_until 5 'the second cookie' cookies_are_gone_but 2
check 'for as long as that takes' waits second __fscache_acquire_cookie
stall go
check 'and then the cookie is there' answers second 'ok c=*'
must_call use second
becomes second state=active
must_call unuse second
must_call relinquish second retire
wait_until 10 'the cookie to be given back' cookies_are_gone_but 0
check 'a cookie that is retired takes its file along' [ -z "$(cache_object Dfile)" ]
evidence files "$(cache_file_count)"
call relinquish-volume v
call relinquish-volume w
balance_check
