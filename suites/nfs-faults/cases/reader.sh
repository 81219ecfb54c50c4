#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# reader.sh VERSION goes-on|fails|is-killed|is-freed PATIENCE: the fault `server` is there while a reader is in the middle of a file that
# is not cached. It waits, and goes on when the server is back; or, of a soft mount, gets an error; or is killed by the fault `kill` while
# it waits; or is freed by the fault `umount`, umount -f. Afterwards a new mount gives the content, and the next one from the cache.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/net.sh"
. "$CRUCIBLE_LIB/fault.sh"

reader_ends() {
	wait_until 30 'the reader to end' has_ended $reader || return
	wait $reader
	reader_status=$?
	wait $copier
}

# reader_waits: in a page fault, for a page that is not there.
reader_waits() {
	grep -q filemap_fault "/proc/$reader/stack" 2>/dev/null && grep -q ') D ' "/proc/$reader/stat"
}

# must_wait: what follows is about nothing else.
must_wait() {
	wait_until 20 'the reader to wait for a page' reader_waits || give_up 'the reader does not wait for a page'
}

faults_needed
plan 6
nfs_patience=$3
net_begin
nfs_begin "$1"
nfs_mount fsc
# The file is mapped and its start read when the fault comes; the rest of it is let through the pipe after that.
mkfifo pipe
copier=
mapread "$nfs_mountpoint/large" >pipe 2>reader.log &
reader=$!
at_exit 'kill -KILL $reader 2>/dev/null; wait $reader $copier'
exec 3<pipe
at_exit 'exec 3<&-'
dd bs=65536 count=1 <&3 >seen 2>/dev/null
fault_arm server || give_up 'the fault could not be armed'
cat <&3 >>seen &
copier=$!
check 'requests meet the fault' wait_until 20 'the fault to fire' fault_has_fired server
case $2 in
goes-on)
	check 'the reader waits' wait_until 20 'the reader to wait for a page' reader_waits
	fault_disarm server
	check 'it goes on and ends well' reader_ends
	check 'it has read the content of the server' cmp -s seen "$nfsd_export/large"
	;;
fails)
	check 'the reader ends' reader_ends
	# SIGBUS
	check 'by an error' [ "$reader_status" -eq 135 ]
	fault_disarm server
	# The connection takes its time, and a soft mount gives up before.
	wait_until 30 'the file to be read again' eval 'cat "$nfs_mountpoint/large" >again 2>>reader.log'
	check 'what is read afterwards is the content of the server' cmp -s again "$nfsd_export/large"
	;;
is-killed)
	must_wait
	fault_arm kill || give_up 'the reader could not be killed'
	check 'the reader, killed, ends' reader_ends
	check 'by that signal' [ "$reader_status" -eq 137 ]
	fault_disarm kill
	fault_disarm server
	check 'what is read afterwards is the content of the server' cmp -s "$nfs_mountpoint/large" "$nfsd_export/large"
	;;
is-freed)
	must_wait
	check 'the mount is unmounted by force' fault_arm umount
	check 'the reader ends' reader_ends
	# SIGBUS
	check 'by an error' [ "$reader_status" -eq 135 ]
	fault_disarm umount
	fault_disarm server
	# A worker gives it back. A mount that came before that would be one without a cache: "Cache volume key already in use".
	wait_until 20 'the volume to be given back' eval '[ "$(fscache_rows volumes)" = 0 ]' || give_up 'the volume is not given back'
	;;
esac
evidence reader_status "$reader_status"
exec 3<&-
nfs_umount
nfs_mount fsc
measure refill sha256_all "$nfs_mountpoint"
nfs_umount
nfs_mount fsc
measure warm sha256_all "$nfs_mountpoint"
check 'a new mount gives the content of the server' [ "$refill_out,$warm_out" = "$server_hash,$server_hash" ]
check 'and the next one gives it from the cache' [ "$warm_server_reads" -eq 0 ]
evidence warm_cache_reads "$warm_cache_reads"
