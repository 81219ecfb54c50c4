# SPDX-License-Identifier: GPL-2.0-only
# The kernel's NFS server, exporting a tmpfs or a disk on loopback. Needs ktap.sh and wait.sh.

nfsd_export=/run/export
nfsd_address=127.0.0.1
nfsd_clients=127.0.0.1
nfsd_run=/run/nfsd
nfsd_pipefs=/run/nfsd/pipefs

# nfsd_start VERSION [DISK]: the server for `3` or a `4.x` client, with all daemons it needs; returns when it answers. It exports a
# tmpfs, or what is on the disk.
# On failure the daemons' last words are shown; nfsd_stop undoes whatever was reached.
nfsd_start() {
	nfsd_version=$1
	nfsd_unused=3
	[ "$nfsd_version" != 3 ] || nfsd_unused=4
	mkdir -p "$nfsd_export" "$nfsd_pipefs" "$nfsd_run/cld" /var/lib/nfs /run/rpcbind
	touch /var/lib/nfs/etab /var/lib/nfs/rmtab
	if [ -n "${2:-}" ]; then
		mount "$2" "$nfsd_export"
	else
		mount -t tmpfs -o size=128M export "$nfsd_export"
	fi &&
		mount -t rpc_pipefs pipefs "$nfsd_pipefs" &&
		mount -t nfsd nfsd /proc/fs/nfsd &&
		nfsd_daemons &&
		# A tmpfs has no UUID for file handles, so the export is given an fsid; 0 makes it the root of NFSv4 as well.
		exportfs -i -o rw,no_root_squash,insecure,async,no_subtree_check,fsid=0 "$nfsd_clients:$nfsd_export" &&
		nfsd_up &&
		nfsd_end_grace && return
	show "$nfsd_run/log" 'NFS server daemons said'
	return 1
}

# nfsd_up, nfsd_down: the kernel's threads and sockets only. An NFSv4 server that comes up again gives its clients their state back.
nfsd_up() {
	rpc.nfsd -H "$nfsd_address" -N "$nfsd_unused" 4 >>"$nfsd_run/log" 2>&1
}
nfsd_down() {
	echo 0 >/proc/fs/nfsd/threads
}

nfsd_daemons() {
	if [ "$nfsd_version" = 3 ]; then
		rpcbind -f >>"$nfsd_run/log" 2>&1 &
		echo $! >"$nfsd_run/rpcbind.pid"
		wait_until 5 'rpcbind to listen' listens_on_tcp 111 || return
	else
		# Without a client tracker the server keeps its 90 s grace period, and no opens are served in it.
		nfsdcld -F -p "$nfsd_pipefs" -s "$nfsd_run/cld" >>"$nfsd_run/log" 2>&1 &
		echo $! >"$nfsd_run/nfsdcld.pid"
	fi
	rpc.mountd -F -u -N "$nfsd_unused" >>"$nfsd_run/log" 2>&1 &
	echo $! >"$nfsd_run/mountd.pid"
	wait_until 5 'mountd to serve the export cache' serves_exports "$!"
}

# listens_on_tcp PORT
listens_on_tcp() {
	#    0: 0100007F:006F 00000000:0000 0A 00000000:...
	grep -q "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") [0-9A-F:]* 0A " /proc/net/tcp
}

# serves_exports PID: mountd has opened the channel that the server asks through; before that the kernel refuses every client.
serves_exports() {
	ls -l "/proc/$1/fd" 2>/dev/null | grep -q '/nfsd.export/channel$'
}

# nfsd_end_grace: there is nobody to reclaim anything; with an empty nfsdcld the server has ended it by itself.
nfsd_end_grace() {
	[ "$nfsd_version" = 3 ] || echo Y >/proc/fs/nfsd/v4_end_grace 2>/dev/null
	return 0
}

# nfsd_stop: the opposite of nfsd_start, from any state it left.
nfsd_stop() {
	if is_mounted /proc/fs/nfsd; then
		nfsd_down
		exportfs -ua
		exportfs -f
	fi
	for nfsd_daemon in mountd nfsdcld rpcbind; do
		[ -e "$nfsd_run/$nfsd_daemon.pid" ] || continue
		read -r nfsd_pid <"$nfsd_run/$nfsd_daemon.pid"
		end_process "$nfsd_pid" "$nfsd_daemon"
	done
	unmount /proc/fs/nfsd
	unmount "$nfsd_pipefs"
	unmount "$nfsd_export" || return
	rm -rf "$nfsd_run" /run/rpcbind /run/rpcbind.sock /var/lib/nfs/etab /var/lib/nfs/rmtab
	rmdir "$nfsd_export"
}

# server_read_bytes: bytes that READs took from the server since its module was loaded.
server_read_bytes() {
	# io 5242880 0
	awk '$1 == "io" { print $2 }' /proc/net/rpc/nfsd
}

# server_reads: READ and READ_PLUS requests of NFSv3 and NFSv4 served since its module was loaded.
server_reads() {
	# proc3 22 1 4 0 2 3 0 40 ...   (READ is procedure 6)
	# proc4ops 76 0 0 0 7 0 ...     (READ is operation 25, READ_PLUS 68)
	awk '$1 == "proc3" { reads += $(3 + 6) } $1 == "proc4ops" { reads += $(3 + 25) + $(3 + 68) } END { print reads + 0 }' /proc/net/rpc/nfsd
}
