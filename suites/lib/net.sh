# SPDX-License-Identifier: GPL-2.0-only
# An NFS client with a network of its own: a veth pair to the server, whose ends are veth-server and, in the client's namespace,
# veth-client. Sourced after nfs.sh; net_begin comes before nfs_begin. What a fault does at
# veth-server it does to what the server sends.

# Where ip(8) looks for names.
net_namespace=/run/netns/client
net_ipv6=/proc/sys/net/ipv6/conf/default/disable_ipv6

# /bin/ip: busybox has an applet of that name, which knows less.
# net_begin: until the case ends.
net_begin() {
	mkdir -p /run/netns
	: >$net_namespace
	at_exit net_end
	unshare --net=$net_namespace true &&
		net_without_ipv6 &&
		/bin/ip link add veth-server type veth peer name veth-client &&
		/bin/ip link set veth-client netns client &&
		/bin/ip addr add 10.0.9.1/24 dev veth-server &&
		/bin/ip link set veth-server up &&
		in_client /bin/ip addr add 10.0.9.2/24 dev veth-client &&
		in_client /bin/ip link set veth-client up &&
		in_client /bin/ip link set lo up || give_up 'the network of the client could not be made'
	nfsd_address=10.0.9.1
	nfsd_clients=10.0.9.2
	nfs_server=10.0.9.1
	nfs_client=in_client
}

# net_without_ipv6: links that are made from now on have none: what it says of itself when they come up would meet a fault, too.
net_without_ipv6() {
	[ ! -e $net_ipv6 ] || { echo 1 >$net_ipv6 && in_client sh -c "echo 1 >$net_ipv6"; }
}

# in_client COMMAND...: with the client's network.
in_client() {
	nsenter --net=$net_namespace "$@"
}

net_end() {
	/bin/ip link del veth-server 2>/dev/null
	[ ! -e $net_ipv6 ] || echo 0 >$net_ipv6
	umount $net_namespace 2>/dev/null
	rm -f $net_namespace
}
