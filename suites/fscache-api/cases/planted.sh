#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The balance of references sees one that is planted, and what an operation holds that is still open.
. "${0%/*}/api.sh"

left() {
	! balance >/dev/null && grep -q "^left $1 .* 1\$" left
}

plan 7
api_begin
must_call acquire-volume v netless,planted
file_begin c v file aux1 4096
check 'a cookie that is used is a use that is left' left use
must_call begin op c read
check 'an operation that is open is an access that is left' left cookie-access
check 'an object that is there is left' left object
must_call end op
must_call unuse c
must_call relinquish c
call relinquish-volume v
wait_until 10 'cookies and volumes to be given back' cookies_are_gone
check 'without any of these nothing is' balance

must_call acquire-volume v netless,planted
file_begin c v file aux1 4096
must_call get c
file_end c 1
call relinquish-volume v
check 'one reference too many is one that is left' left cookie
evidence planted "$(grep -c '^left cookie ' left)"
must_call put
check 'until it is given back' wait_until 5 'the cookie to be given back' cookies_are_gone
balance_check
