#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A mount is taken out of the tree while reads of it wait for a server that does not answer, and then the readers die. Its volume and
# cookies are given back, and a new mount reads the right content, with whatever the old one left in the cache.
. "$CRUCIBLE_LIB/nfs.sh"
. "$CRUCIBLE_LIB/holder.sh"

plan 7
nfs_begin "$1"
nfs_mount fsc,hard
holder_start "$nfs_mountpoint/large"
check 'a part is read' holder_does read 0 1048576 part
nfsd_down
holder_order read 1048576 2097152 rest
check 'a read waits for the server' wait_until 10 'the reader to wait' holder_reads
evidence waited "$(holder_reads && echo 1 || echo 0)"
check 'the mount leaves the tree' umount -l "$nfs_mountpoint"
kill -KILL "$holder_pid"
check 'the reader can be killed' wait_until 10 'the reader to end' has_ended "$holder_pid"
nfsd_up
check 'its cookies are given back' wait_until 30 'the cookies of the mount to be given back' cookies_are_gone
holder_stop

# The options are part of the volume's key: with others it would be another volume.
nfs_mount fsc,hard
measure again sha256_all "$nfs_mountpoint"
check 'a new mount gives the content of the server' [ "$again_out" = "$server_hash" ]
evidence again_cache_reads "$again_cache_reads"
nfs_umount
nfs_mount fsc,hard
measure warm sha256_all "$nfs_mountpoint"
check 'and then the cache does' [ "$warm_out $warm_server_reads" = "$server_hash 0" ]
evidence warm_cache_reads "$warm_cache_reads"
