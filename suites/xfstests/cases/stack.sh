# SPDX-License-Identifier: GPL-2.0-only
# The stacks: each starts its server and says what xfstests is told of it. Sourced by run-test.sh.

# stack_nfs: nfsd in this guest exports two disks below an empty root.
stack_nfs() {
	fstyp=nfs
	test_dev=127.0.0.1:/test
	scratch_dev=127.0.0.1:/scratch
	mount_options='-o vers=4.2,proto=tcp,sec=sys,fsc'
	at_exit nfsd_stop
	nfsd_start 4.2 || return
	at_exit 'unmount_export scratch'
	at_exit 'unmount_export test'
	export_disk test "$CRUCIBLE_DISK_TEST" 1 && export_disk scratch "$CRUCIBLE_DISK_SCRATCH" 2
}

# export_disk NAME DISK FSID
export_disk() {
	mkdir "$nfsd_export/$1" &&
		mount -t ext4 -o user_xattr "$2" "$nfsd_export/$1" &&
		chmod 0777 "$nfsd_export/$1" &&
		exportfs -i -o "rw,no_root_squash,insecure,async,no_subtree_check,fsid=$3" "$nfsd_clients:$nfsd_export/$1"
}

unmount_export() {
	exportfs -u "$nfsd_clients:$nfsd_export/$1"
	exportfs -f
	unmount "$nfsd_export/$1"
}

# stack_9p: QEMU's server, two folders on the host.
stack_9p() {
	fstyp=9p
	test_dev=test
	scratch_dev=scratch
	mount_options='-o trans=virtio,version=9p2000.L,cache=fscache'
}
