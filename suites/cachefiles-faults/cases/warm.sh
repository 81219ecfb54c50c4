#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The fault `broken`, if the case has one, is there while the files are read that the cache has. The reader gets the content of the server,
# from wherever; when the fault is gone and the cache was started again, it works as ever.
. "$CRUCIBLE_LIB/cache-stack.sh"

faults_needed
plan 6
begin
client_mount fscache
read_all cold
client_umount
check 'the files are in the cache' [ "$(cache_file_count)" -eq 3 ]
client_mount fscache
# The journal has nothing left to write: one that is aborted before the files are opened leaves nothing to be read.
sync
[ -z "$CRUCIBLE_FAULTS" ] || fault_arm broken || give_up 'the fault could not be armed'
read_all broken
# right_or_eio: requests fail, and what is read of each file is its content, all of it or up to an I/O error; and there is an error.
right_or_eio() {
	case $CRUCIBLE_CASE in warm-error | warm-injected-eio) ;; *) return 1 ;; esac
	errors=0
	offset=0
	for file in $sizes; do
		bytes=${file#*=}
		cat "$mountpoint/${file%=*}" >seen 2>error || {
			grep -q 'Input/output error' error || return
			errors=$((errors + 1))
			bytes=$(stat -c %s seen)
		}
		seeded "$((CRUCIBLE_SEED + offset))" "${file#*=}" | head -c "$bytes" | cmp -s - seen || return
		offset=$((offset + ${file#*=}))
	done
	[ $errors -gt 0 ]
}
check_known netfs-cache-error-reaches-reader right_or_eio 'the read gives the content of the server' [ "$broken_hash" = "$server_hash" ]
evidence broken_cache_reads "$broken_cache_reads"
[ -z "$CRUCIBLE_FAULTS" ] || fault_disarm broken || give_up 'the fault could not be disarmed'
check 'the mount is given up, and every cookie with it' client_umount
check 'the cache starts again' restart
check_cache_works
