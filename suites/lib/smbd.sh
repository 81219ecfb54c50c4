# SPDX-License-Identifier: GPL-2.0-only
# The kernel's SMB server, exporting an ext4 disk on loopback as //127.0.0.1/export. Needs ktap.sh and wait.sh.

smbd_export=/run/export
smbd_run=/run/smbd

# smbd_start DISK: serves the disk, emptied of what an earlier case may have left; returns when the server listens. A disk and not a
# tmpfs: ksmbd keeps a file's creation time, which is part of its key in the cache, in an extended attribute.
smbd_start() {
	mkdir -p "$smbd_export" "$smbd_run"
	mount -t ext4 -o user_xattr "$1" "$smbd_export" || return 1
	rm -rf "${smbd_export:?}"/*
	cat >$smbd_run/conf <<-END
		[global]
		server min protocol = SMB3_11
		map to guest = never
		[export]
		path = $smbd_export
		writeable = yes
		force user = root
		oplocks = yes
	END
	ksmbd.adduser -c $smbd_run/conf -i $smbd_run/users -a crucible -p crucible >$smbd_run/log 2>&1 &&
		smbd_daemon && return
	show $smbd_run/log 'the SMB server said'
	return 1
}

smbd_daemon() {
	ksmbd.mountd -n -c $smbd_run/conf -u $smbd_run/users </dev/null >>$smbd_run/log 2>&1 &
	echo $! >$smbd_run/pid
	wait_until 10 'ksmbd to listen' smbd_listens
}

# The server has a socket for each address family; where there is IPv6 it is one for both.
smbd_listens() {
	#    0: 00000000000000000000000000000000:01BD 00000000000000000000000000000000:0000 0A 00000000:...
	grep -q "^ *[0-9]*: [0-9A-F]*:01BD [0-9A-F:]* 0A " /proc/net/tcp /proc/net/tcp6
}

# smbd_stop: the opposite of smbd_start, from any state it left.
smbd_stop() {
	if [ -e $smbd_run/pid ]; then
		read -r smbd_pid <$smbd_run/pid
		end_process "$smbd_pid" ksmbd.mountd
		# The kernel's half outlives its daemon.
		echo hard >/sys/class/ksmbd-control/kill_server
		wait_until 10 'ksmbd to close its sockets' smbd_is_silent
	fi
	unmount "$smbd_export" || return
	rm -rf "$smbd_run" /run/ksmbd.lock
	rmdir "$smbd_export"
}

smbd_is_silent() {
	! smbd_listens
}
