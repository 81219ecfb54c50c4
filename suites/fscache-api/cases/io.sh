#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# io.sh FS: reads with each way to take a hole, and writes, aligned and not, with a termination function and without.
. "${0%/*}/api.sh"

# Bytes of no alignment are taken as they are, or refused and nothing changes.
unaligned_write() {
	call write op 100 1000 2
	case $answer in
	'ok 1000') unaligned_page='z:100,2:1000,z:2996,' ;;
	-*) unaligned_page='z:4096,' ;;
	*) return 1 ;;
	esac
	note "an unaligned write was answered: $answer"
	says "ok 4096 $unaligned_page" read op 0 4096 ignore
}

unaligned_read() {
	says 'ok 1000 1:1000,' read op 8292 1000 ignore || case $answer in -E*) ;; *) return 1 ;; esac
	note "an unaligned read was answered: $answer"
}

# Two answers are right: the range in whole pages around it, or a refusal.
prepares_misfit() {
	call prepare-write op 8292 100 65536
	case $answer in 'ok 8192 4096' | -ENOBUFS) ;; *) return 1 ;; esac
}

plan 31
api_begin "$1"
must_call acquire-volume v netless,io
file_begin c v file aux1 65536
must_call begin op c write
check 'a hole is read as zeroes' says 'ok 8192 z:8192,' read op 0 8192 ignore
check 'a hole is cleared' says 'ok 8192 z:8192,' read op 0 8192 clear
check 'a hole is refused' says -ENODATA read op 0 8192 fail
check 'no data is found in a hole' says -ENODATA occupancy op 0 65536 4096
check 'a page is written' says 'ok 4096' write op 8192 4096 1
check 'what was written is found' says 'ok 8192 4096' occupancy op 0 65536 4096
check 'what was written is read with the holes around it' says 'ok 16384 z:8192,1:4096,z:4096,' read op 0 16384 ignore
check 'the hole before it is cleared' says 'ok *z:8192,1:4096,z:4096,' read op 0 16384 clear
check 'data after a hole is not refused' says 'ok 4096 1:4096,' read op 8192 4096 fail
check 'past the end nothing is read, and the buffer left alone' says 'ok 0 ?:4096,' read op 65536 4096 ignore
check 'past the end the buffer is cleared' says 'ok 4096 z:4096,' read op 65536 4096 clear
check 'past the end is a hole' says -ENODATA read op 65536 4096 fail
check 'over the end the read is short' says 'ok 4096 z:*' read op 61440 8192 ignore
check 'without a termination function a write is done on return' says 'ok 4096' write op 16384 4096 3 sync
check 'and so is a read' says 'ok 0 3:4096,' read op 16384 4096 ignore sync
check 'a write is prepared in whole pages' says 'ok 20480 4096' prepare-write op 20480 100 65536
check 'one that does not begin at a page is made to fit, or refused' prepares_misfit
check 'space for a write is looked for' says 'ok 20480 8192' prepare-write op 20480 8192 65536 fresh
check 'bytes of no alignment are written as they are, or refused' unaligned_write
check 'bytes of no alignment are read as they are, or refused' unaligned_read
check 'as much as a bio holds is written' says 'ok 262144' write op 262144 262144 5
check 'and read' says 'ok 262144 5:262144,' read op 262144 262144 fail
must_call end op

must_call begin one c write
must_call begin two c write
check 'operations are counted' shows c active=1 accesses=2
later one write one 65536 131072 1
later two write two 196608 65536 2
check 'two operations write at once' answers one 'ok 131072'
check 'and both are done' answers two 'ok 65536'
must_call end one
must_call end two
check 'operations that ended are not' shows c active=1 accesses=0
must_call update c - 524288
file_end c

file_begin c v file aux1 524288
check 'a cookie with the same coherency data and size finds it all' reads 'ok 262144 5:262144,' c 262144 262144 fail
check 'each write where it belongs' reads 'ok 196608 1:131072,2:65536,' c 65536 196608 fail
check 'and the holes' reads 'ok *1:4096,z:4096,' c 0 16384 clear
file_end c
file_begin c v file aux1 500000
check 'one with another size finds nothing' reads -ENODATA c 0 262144 fail
evidence cache_reads "$(cache_reads)"
evidence cache_writes "$(cache_writes)"
file_end c
call relinquish-volume v
balance_check
