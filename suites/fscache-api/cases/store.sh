#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# Write-back: pages of a file go to the cache, and their marks go whether the cache took them or not.
. "${0%/*}/api.sh"

# holds BYTES: the object on disk begins with the file.
holds() {
	cmp -n "$1" "$(cache_object Dfile)" file
}

plan 7
api_begin
must_call acquire-volume v netless,store
head -c 65536 /dev/urandom >file
must_call acquire-cookie c v file aux1 65536
check 'without a cache to write to the pages are not kept' says '-ENOBUFS marked=0' store c "$PWD/file" 0 8192
must_call use c
becomes c state=active
check 'whole pages are written, and their marks go' says 'ok 49152 marked=0' store c "$PWD/file" 0 49152
check 'an end within a page takes the page along' says 'ok 16384 marked=0' store c "$PWD/file" 49152 13000
file_end c
check 'the cache holds the file' holds 65536

file_begin c v file aux1 65536
must_call invalidate c aux2 65536 dio
check 'a direct write turns the cookie off, and the pages are not kept' says '-ENOBUFS marked=0' store c "$PWD/file" 0 8192
must_call unuse c
must_call relinquish c retire
check 'no object is left' [ -z "$(cache_object Dfile)" ]
evidence cache_writes "$(cache_writes)"
call relinquish-volume v
balance_check
