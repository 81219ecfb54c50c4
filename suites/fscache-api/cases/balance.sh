# SPDX-License-Identifier: GPL-2.0-only
# Whether every reference that was taken has been given back, from a trace of our own. Sourced after ktap.sh and wait.sh.

balance_instance=/sys/kernel/tracing/instances/balance
balance_events='fscache/fscache_cookie fscache/fscache_volume fscache/fscache_active fscache/fscache_access
fscache/fscache_access_volume fscache/fscache_access_cache cachefiles/cachefiles_ref'

# balance_begin: from here on, until the case ends.
balance_begin() {
	mkdir "$balance_instance" || give_up 'a trace instance'
	at_exit "rmdir $balance_instance"
	# Room for some 30,000 events on each CPU.
	echo 4096 >"$balance_instance/buffer_size_kb"
	for balance_event in $balance_events; do
		echo 1 >"$balance_instance/events/$balance_event/enable" || give_up "tracing $balance_event"
	done
}

# balance: adds up what was traced so far; succeeds when nothing is left over and no event was lost.
balance() {
	awk -f "${0%/*}/balance.awk" "$balance_instance/trace" >balance
	! grep '^left' balance >left || {
		show left 'references that do not add up'
		return 1
	}
	! grep -q 'overrun: [1-9]' "$balance_instance"/per_cpu/cpu*/stats
}

# balance_count KIND: events of that kind which were added up.
balance_count() {
	awk -v kind="$1" '$1 == "events" && $2 == kind { count = $3 } END { print count + 0 }' balance
}

# balance_check: once nothing is acquired any more; the last check of a case.
balance_check() {
	wait_until 10 'cookies and volumes to be given back' cookies_are_gone
	check 'every reference that was taken has been given back' balance
	evidence traced_references "$(balance_count cookie)"
}
