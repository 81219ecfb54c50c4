#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# What the runner asks around each case: `begin` remembers the guest's state, `end MODULE...` says what a case left behind.
# Output of `end`: `counters` and the stats between two marks, then a line `left: ...` or `taint: N` for each finding.
set -u
state=/run/crucible
deadline_s=10

# A process of user space is one without PF_KTHREAD (0x200000) in field 9 of its stat line. One reader for all of them: the
# shell's own read takes a system call for each byte.
processes() {
	cat /proc/[0-9]*/stat 2>/dev/null | awk '{
		pid = $1
		comm = $0
		sub(/^[^(]*\(/, "", comm)
		rest = comm
		sub(/\)[^)]*$/, "", comm)
		sub(/^.*\) /, "", rest)
		split(rest, field, " ")
		if (int(field[7] / 2097152) % 2 == 0 && field[1] != "Z") print pid, comm
	}'
}

# Waits until the command given succeeds; the pause is the price of states that send no event.
settled() {
	end=$(($(cut -d. -f1 /proc/uptime) + deadline_s))
	until "$@"; do
		[ "$(cut -d. -f1 /proc/uptime)" -lt "$end" ] || return 1
		usleep 50000
	done
}

# Tables of /proc/fs/fscache and /proc/fs/netfs have two header lines.
table_is_empty() {
	[ ! -r "$1" ] || [ "$(wc -l <"$1")" -le 2 ]
}

case $1 in
begin)
	mkdir -p $state
	cat /proc/mounts >$state/mounts
	processes >$state/processes
	cat /proc/sys/kernel/tainted >$state/tainted
	[ ! -w /sys/kernel/debug/clear_warn_once ] || echo 1 >/sys/kernel/debug/clear_warn_once
	[ ! -w /sys/kernel/debug/kmemleak ] || echo clear >/sys/kernel/debug/kmemleak
	[ ! -r /proc/fs/fscache/stats ] || cat /proc/fs/fscache/stats
	;;
end)
	shift
	me=$$
	echo counters
	[ ! -r /proc/fs/fscache/stats ] || cat /proc/fs/fscache/stats
	echo end counters
	grep -vxFf $state/mounts /proc/mounts | while read -r source target type _; do
		echo "left: mount of $type at $target ($source)"
	done
	processes >$state/now
	grep -vxFf $state/processes $state/now | while read -r pid comm; do
		[ "$pid" = $me ] || [ ! -d "/proc/$pid" ] || echo "left: process $comm ($pid)"
	done
	for table in /proc/fs/fscache/volumes /proc/fs/fscache/cookies /proc/fs/fscache/caches /proc/fs/netfs/requests; do
		settled table_is_empty $table || echo "left: $(tail -n +3 $table | wc -l) in $table: $(tail -n +3 $table | head -n 1 | tr -s ' \t' ' ')"
	done
	if [ -w /sys/kernel/debug/kmemleak ]; then
		# kmemleak reports no object younger than 5 s (MSECS_MIN_AGE in mm/kmemleak.c).
		sleep 6
		echo scan >/sys/kernel/debug/kmemleak
		echo scan >/sys/kernel/debug/kmemleak
		echo kmemleak
		cat /sys/kernel/debug/kmemleak
		echo end kmemleak
	fi
	# Unloading waits for grace periods of RCU, several for each module.
	[ ! -w /sys/kernel/rcu_expedited ] || echo 1 >/sys/kernel/rcu_expedited
	rmmod "$@" 2>/dev/null
	unload() { rmmod "$1" 2>$state/rmmod; }
	while [ $# -gt 0 ]; do
		[ ! -d "/sys/module/$1" ] || settled unload "$1" || echo "left: module $1 cannot be unloaded: $(head -n 1 $state/rmmod), used by $(grep "^$1 " /proc/modules | cut -d' ' -f3,4)"
		shift
	done
	read -r before <$state/tainted
	# The shell's own read gets the first digit: a second read(2) of a sysctl is its end.
	after=$(cat /proc/sys/kernel/tainted)
	# 4096 and 8192 only say that a module of ours was loaded.
	gained=$((after & ~before & ~12288))
	[ $gained -eq 0 ] || echo "taint: $gained"
	;;
esac
