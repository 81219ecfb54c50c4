# SPDX-License-Identifier: GPL-2.0-only
# The root that xfstests runs in: a disk with the programs it asks for, its tree, and two empty mount points. Sourced by run-test.sh.

system=/run/system
results=$system/results

# system_start: mounted, with accounts and configuration; everything below it is unmounted when the case ends.
system_start() {
	mkdir -p $system
	at_exit system_stop
	mount -t ext4 "$CRUCIBLE_DISK_SYSTEM" $system || return
	mkdir -p $system/dev $system/proc $system/sys $system/run $system/tmp $system/root $system/results $system/xfstests $system/mnt/test $system/mnt/scratch
	mount -t ext4 "$CRUCIBLE_DISK_TREE" $system/xfstests &&
		mount -t proc proc $system/proc &&
		mount --bind /sys $system/sys &&
		mount --bind /sys/kernel/debug $system/sys/kernel/debug &&
		mount --bind /dev $system/dev &&
		mount --bind /dev/pts $system/dev/pts &&
		mount -t tmpfs -o mode=1777 tmpfs $system/dev/shm &&
		mount -t tmpfs -o mode=1777 tmpfs $system/tmp &&
		mount -t tmpfs -o mode=0755 tmpfs $system/run &&
		system_accounts &&
		system_configure
}

# system_accounts: users that xfstests' README asks for, and what the maintainer scripts of packages would have made.
system_accounts() {
	cat >$system/etc/passwd <<-END
		root:x:0:0:root:/root:/bin/bash
		daemon:x:1:1:daemon:/usr/sbin:/bin/false
		fsgqa:x:1001:1001::/tmp:/bin/bash
		123456-fsgqa:x:1002:1002::/tmp:/bin/bash
		fsgqa2:x:1003:1003::/tmp:/bin/bash
		nobody:x:65534:65534:nobody:/tmp:/bin/false
	END
	awk -F: '{ print $1 ":x:" $3 ":" }' $system/etc/passwd >$system/etc/group
	awk -F: '{ print $1 ":*:1::::::" }' $system/etc/passwd >$system/etc/shadow
	printf '%s\n' 'auth sufficient pam_rootok.so' 'account sufficient pam_permit.so' 'session sufficient pam_permit.so' >$system/etc/pam.d/su
	cp /etc/hosts /etc/netconfig /etc/nsswitch.conf /etc/protocols /etc/services $system/etc/
	ln -sf /proc/self/mounts $system/etc/mtab
	ln -sf gawk $system/usr/bin/awk
	[ -e $system/usr/bin/which ] || ln -s which.debianutils $system/usr/bin/which
	[ -e $system/bin/sh ] || ln -s bash $system/bin/sh
}

# system_configure: what xfstests reads as its local.config.
system_configure() {
	cat >$system/etc/xfstests.config <<-END
		export FSTYP=$fstyp
		export TEST_DEV=$test_dev
		export TEST_DIR=/mnt/test
		export SCRATCH_DEV=$scratch_dev
		export SCRATCH_MNT=/mnt/scratch
		export MOUNT_OPTIONS='$mount_options'
		export TEST_FS_MOUNT_OPTS='$mount_options'
		export RESULT_BASE=/results
		export DIFF_LENGTH=100
	END
}

# system_run COMMAND: by bash, in that root.
system_run() {
	chroot $system /usr/bin/env -i HOME=/root TERM=dumb LC_ALL=C USER=root LOGNAME=root HOST_OPTIONS=/etc/xfstests.config \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/bash -c "$1" </dev/null
}

# system_unmount_tests: whatever is mounted of the stack, also where a test put it; and waits until the cookies are given back.
system_unmount_tests() {
	mounts_below "$system/mnt" | while read -r system_mount; do
		unmount "$system_mount"
	done
	wait_until 10 'the cookies of the mounts to be given back' cookies_are_gone
}

system_stop() {
	system_unmount_tests
	mounts_below $system | while read -r system_mount; do
		unmount "$system_mount"
	done
	rmdir $system
}

# mounts_below DIRECTORY: the last mounted first, itself included.
mounts_below() {
	awk -v top="$1" '$2 == top || index($2, top "/") == 1 { line[++count] = $2 } END { while (count > 0) print line[count--] }' /proc/mounts
}
