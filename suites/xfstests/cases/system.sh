# SPDX-License-Identifier: GPL-2.0-only
# The root that xfstests runs in: a disk with the programs it asks for, its tree, and two empty mount points. Sourced by run-test.sh.

system=/run/system
results=$system/results

# system_start: mounted, with accounts and configuration; everything below it is unmounted when the case ends. Few processes: each costs.
system_start() {
	mkdir -p $system
	at_exit system_stop
	mount -t ext4 "$CRUCIBLE_DISK_SYSTEM" $system || return
	mkdir -p $system/dev $system/proc $system/sys $system/run $system/tmp $system/root $system/results $system/xfstests $system/mnt/test $system/mnt/scratch
	echo "$CRUCIBLE_DISK_TREE $system/xfstests ext4 defaults 0 0
proc $system/proc proc defaults 0 0
/sys $system/sys none bind 0 0
/sys/kernel/debug $system/sys/kernel/debug none bind 0 0
/dev $system/dev none bind 0 0
/dev/pts $system/dev/pts none bind 0 0
tmpfs $system/dev/shm tmpfs mode=1777 0 0
tmpfs $system/tmp tmpfs mode=1777 0 0
tmpfs $system/run tmpfs mode=0755 0 0" >fstab
	mount -a -T fstab && [ -x $system/xfstests/check ] && system_accounts && system_configure
}

# system_accounts: users that xfstests' README asks for, and what the maintainer scripts of packages would have made.
system_accounts() {
	for system_user in root:0 daemon:1 fsgqa:1001 123456-fsgqa:1002 fsgqa2:1003 nobody:65534; do
		system_id=${system_user#*:}
		system_user=${system_user%:*}
		echo "$system_user:x:$system_id:$system_id::/tmp:/bin/bash" >&7
		echo "$system_user:x:$system_id:" >&8
		echo "$system_user:*:1::::::" >&9
	done 7>$system/etc/passwd 8>$system/etc/group 9>$system/etc/shadow
	echo 'auth sufficient pam_rootok.so
account sufficient pam_permit.so
session sufficient pam_permit.so' >$system/etc/pam.d/su
	cp /etc/hosts /etc/netconfig /etc/nsswitch.conf /etc/protocols /etc/services $system/etc/
	ln -sf /proc/self/mounts $system/etc/mtab
	ln -sf gawk $system/usr/bin/awk
	[ -e $system/usr/bin/which ] || ln -s which.debianutils $system/usr/bin/which
	[ -e $system/bin/sh ] || ln -s bash $system/bin/sh
}

# system_configure: what xfstests reads as its local.config.
system_configure() {
	echo "export FSTYP=$fstyp
export TEST_DEV=$test_dev
export TEST_DIR=/mnt/test
export SCRATCH_DEV=$scratch_dev
export SCRATCH_MNT=/mnt/scratch
export MOUNT_OPTIONS='$mount_options'
export TEST_FS_MOUNT_OPTS='$mount_options'
export RESULT_BASE=/results
export DIFF_LENGTH=100" >$system/etc/xfstests.config
}

# system_run COMMAND: by bash, in that root.
system_run() {
	chroot $system /usr/bin/env -i HOME=/root TERM=dumb LC_ALL=C USER=root LOGNAME=root HOST_OPTIONS=/etc/xfstests.config \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/bash -c "$1" </dev/null
}

# system_unmount_tests: whatever is mounted of the stack, also where a test put it; and waits until the cookies are given back.
system_unmount_tests() {
	unmount_below $system/mnt
	wait_until 10 'the cookies of the mounts to be given back' cookies_are_gone
}

system_stop() {
	system_unmount_tests
	unmount_below $system
	rmdir $system
}

# unmount_below DIRECTORY: the last mounted first, itself included; what is held still is tried again.
unmount_below() {
	for unmount_try in at-once patiently; do
		unmount_all=$(awk -v top="$1" '$2 == top || index($2, top "/") == 1 { line[++count] = $2 } END { while (count > 0) print line[count--] }' /proc/mounts)
		[ -n "$unmount_all" ] || return 0
		if [ $unmount_try = at-once ]; then
			# shellcheck disable=SC2086 # one word for each mount
			umount $unmount_all 2>/dev/null
		else
			for unmount_one in $unmount_all; do
				unmount "$unmount_one"
			done
		fi
	done
}
