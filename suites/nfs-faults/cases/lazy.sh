#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# lazy.sh VERSION: a mount leaves the tree while a file of it is open; the file is read and cached to its end, and then all is given back.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/net.sh"
. "$CRUCIBLE_LIB/fault.sh"

plan 6
net_begin
nfs_begin "$1"
nfs_mount fsc
exec 3<"$nfs_mountpoint/large"
at_exit 'exec 3<&-'
dd bs=65536 count=4 <&3 >seen 2>/dev/null
check 'the mount leaves the tree' fault_arm umount
fault_disarm umount
check 'a cookie of it is there' [ "$(fscache_rows cookies)" -gt 0 ]
cat <&3 >>seen
check 'the open file gives the content of the server' cmp -s seen "$nfsd_export/large"
settle
exec 3<&-
check 'closed, everything is given back' wait_until 10 'the cookies to be given back' cookies_are_gone
nfs_mount fsc
measure warm sha256 "$nfs_mountpoint/large"
check 'a new mount gives the content of the server' [ "$warm_out" = "$(sha256 "$nfsd_export/large")" ]
check 'from the cache' [ "$warm_server_reads" -eq 0 ]
evidence warm_cache_reads "$warm_cache_reads"
