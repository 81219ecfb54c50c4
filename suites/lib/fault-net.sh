# SPDX-License-Identifier: GPL-2.0-only
# Faults of a network device: netem on what it sends, and what netem counts.

# net_becomes NETEM...
net_becomes() {
	/sbin/tc qdisc replace dev "$fault_device" root netem limit 10000 "$@"
}

# net_count FIELD: of the line
#  Sent 1234 bytes 12 pkt (dropped 3, overlimits 0 requeues 0)
net_count() {
	/sbin/tc -s qdisc show dev "$fault_device" | awk -v field="$1" '/^ Sent/ { gsub(/[,()]/, ""); for (i = 1; i < NF; i++) if ($i == field) found = field == "pkt" ? $(i - 1) : $(i + 1) } END { print found + 0 }'
}

net_sound() {
	/sbin/tc qdisc del dev "$fault_device" root
}

net_cut_lacks() { :; }
net_cut_arm() { net_becomes loss 100%; }
net_cut_count() { net_count dropped; }
net_cut_disarm() { net_sound; }

net_slow_lacks() { :; }
net_slow_arm() { net_becomes delay "${fault_ms}ms"; }
net_slow_count() { net_count pkt; }
net_slow_disarm() { net_sound; }

net_lossy_lacks() { :; }
net_lossy_arm() { net_becomes loss "$fault_percent%"; }
net_lossy_count() { net_count dropped; }
net_lossy_disarm() { net_sound; }
