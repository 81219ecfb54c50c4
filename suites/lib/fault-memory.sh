# SPDX-License-Identifier: GPL-2.0-only
# Memory that is taken away.

# memory_counters NAME...: their sum in /proc/vmstat.
memory_counters() {
	memory_names=" $* "
	awk -v names="$memory_names" 'index(names, " " $1 " ") { sum += $2 } END { print sum + 0 }' /proc/vmstat
}

caches_dropped_lacks() { :; }
caches_dropped_arm() { echo 3 >/proc/sys/vm/drop_caches; }
caches_dropped_count() { memory_counters drop_pagecache; }
caches_dropped_disarm() { :; }

caches_dropping_lacks() { :; }
caches_dropping_arm() {
	: >"$fault_dir/dropping" || return
	while [ -e "$fault_dir/dropping" ]; do
		echo 3 >/proc/sys/vm/drop_caches
		usleep $((fault_everyMs * 1000))
	done </dev/null >/dev/null 2>&1 &
	echo $! >"$fault_dir/dropper"
}
caches_dropping_count() { memory_counters drop_pagecache; }
# It ends by itself, so that no pause of it is left over.
caches_dropping_disarm() {
	rm "$fault_dir/dropping" &&
		wait_until $((fault_everyMs / 1000 + 10)) 'the dropping of caches to end' has_ended "$(cat "$fault_dir/dropper")"
}

memory_watermark=/proc/sys/vm/watermark_scale_factor

memory_pressure_lacks() { :; }
memory_pressure_arm() {
	memory_available=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo)
	mkdir "$fault_dir/taken" &&
		mount -t tmpfs -o size=100% taken "$fault_dir/taken" &&
		fallocate -l "$((memory_available - fault_leaveMiB))M" "$fault_dir/taken/all" &&
		cat $memory_watermark >"$fault_dir/watermark" &&
		# kswapd begins at 30 % of memory above the kernel's reserve, of which that little is left, and goes on to twice as much: it finds
		# no end, and nobody who allocates has to wait for it, or to fail.
		echo 3000 >$memory_watermark
}
memory_pressure_count() { memory_counters pgsteal_kswapd pgsteal_direct; }
memory_pressure_disarm() { cat "$fault_dir/watermark" >$memory_watermark && umount "$fault_dir/taken"; }
