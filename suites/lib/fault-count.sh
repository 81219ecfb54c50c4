# SPDX-License-Identifier: GPL-2.0-only
# Counts how often faults fire, by trace events in a trace instance of their own: no other trace is disturbed.

count_instances=/sys/kernel/tracing/instances

# count_begin EVENT FILTER [EVENT FILTER]...: for the fault of fault_name. EVENT is like block/block_bio_queue.
count_begin() {
	mkdir "$count_instances/fault-$fault_name" || return
	while [ $# -gt 0 ]; do
		echo "$2" >"$count_instances/fault-$fault_name/events/$1/filter" &&
			echo 1 >"$count_instances/fault-$fault_name/events/$1/enable" || return
		shift 2
	done
}

# count_events: so many came since.
count_events() {
	if [ -d "$count_instances/fault-$fault_name" ]; then
		grep -vc '^#' "$count_instances/fault-$fault_name/trace"
	else
		echo 0
	fi
}

count_end() {
	echo 0 >"$count_instances/fault-$fault_name/events/enable"
	rmdir "$count_instances/fault-$fault_name"
}

# count_errors ERRNO [ERRNO]: errors of these numbers that cachefiles met.
count_errors() {
	count_filter="error == -$1${2:+ || error == -$2}"
	count_begin cachefiles/cachefiles_io_error "$count_filter" cachefiles/cachefiles_vfs_error "$count_filter" \
		cachefiles/cachefiles_lookup "$count_filter"
}
