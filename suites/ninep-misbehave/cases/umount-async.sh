#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# The last that a kernel does for a write comes after the write: while the server still has it, an umount waits (known bug 46).
for part in ktap wait fscache-stats files ninep; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# A worker ends a write-back. Its reference may be the last one to the fid of a file that was closed meanwhile, and then the worker gives
# the fid back to the server, which lets it wait. When the writer was the last, it is let go, and another one tries.
worker_has_last_fid() {
	for attempt in 1 2 3 4 5 6 7 8 9 10; do
		ninep_order 'before-clunk key=file hold'
		echo "attempt $attempt" | dd of="$ninep_mountpoint/file" conv=notrunc 2>/dev/null &
		writer=$!
		at_exit "kill -KILL $writer 2>/dev/null || :"
		wait_until 5 'a fid to be given back' has_one_held || return
		wait_until 5 'the writer to end or to give back its fid' writer_is_through || return
		! has_ended "$writer" || return 0
		ninep_release "$ninep_ordered"
		wait "$writer"
	done
	return 1
}
has_one_held() {
	[ "$(ninep_get held)" = 1 ]
}
writer_is_through() {
	has_ended "$writer" || grep -q p9_client_clunk "/proc/$writer/stack"
}
umount_is_over_or_asleep() {
	has_ended "$umounter" || { grep -q v9fs_evict_inode "/proc/$umounter/stack" && grep -q '^State:.D' "/proc/$umounter/status"; }
}

grep -q ' netfs_writepages' /proc/kallsyms || skip_case 'a write-back of this kernel ends in its writer, not in a worker'
plan 8
check 'the server starts' ninep_start
echo old >"$ninep_export/file"
check 'it is mounted' ninep_mount loose
check 'a worker gives back the fid of a file that was written and closed' worker_has_last_fid
evidence attempts "$attempt"
evidence clunks_held "$(ninep_get held)"
umount "$ninep_mountpoint" &
umounter=$!
at_exit "kill -KILL $umounter 2>/dev/null || :"
check 'the umount comes to where it has to wait' wait_until 10 'the umount to end or sleep' umount_is_over_or_asleep
check 'it is not over before the answer' [ "$(ninep_get mounts)" = 1 ]
check 'the CLUNK is answered' ninep_release "$ninep_ordered"
check 'then the umount is over' wait_until 10 'the umount to end' has_ended "$umounter"
wait "$umounter"
check 'no fid is left behind' ninep_wait mounts 0
evidence unclunked "$(ninep_get unclunked)"
