# SPDX-License-Identifier: GPL-2.0-only
# What came of the test, in the files and lines that xfstests' check leaves, and what the cache did. Sourced by run-test.sh.

cache_instance=/sys/kernel/tracing/instances/xfstests

# watch_cache: what happens in the cache from now on is counted.
watch_cache() {
	at_exit "rmdir $cache_instance"
	mkdir $cache_instance
	echo 64 >$cache_instance/buffer_size_kb
	# The folders of a volume are looked up without an object; a mount alone does that.
	echo 'obj != 0' >$cache_instance/events/cachefiles/cachefiles_lookup/filter
	echo 1 >$cache_instance/events/cachefiles/cachefiles_lookup/enable
	cookies_before=$(fscache_stat n Acquire)
	reads_before=$(cache_reads)
	writes_before=$(cache_writes)
}

# tell_cache: cache_lookups is evidence; the others say how much of the test the cache had a part in.
tell_cache() {
	echo 0 >$cache_instance/events/cachefiles/cachefiles_lookup/enable
	# entries: 12
	# overrun: 0
	evidence cache_lookups "$(cat $cache_instance/per_cpu/cpu*/stats | awk '/^(entries|overrun):/ { sum += $2 } END { print sum + 0 }')"
	evidence cookies_acquired $(($(fscache_stat n Acquire) - cookies_before))
	evidence cache_reads $(($(cache_reads) - reads_before))
	evidence cache_writes $(($(cache_writes) - writes_before))
}

# was_not_run: the test found that it cannot run here, and said why.
was_not_run() {
	[ -e "$results/$test.notrun" ]
}
was_not_run_because() {
	not_run=$(head -n 1 "$results/$test.notrun" | tr -d '#')
	echo "${not_run:-the test gave no reason}"
}

# passes_check: check says that this test ran and passed; it exits with 0 as well when it ran none.
passes_check() {
	if [ "$check_status" = 0 ]; then
		grep -q '^Passed all 1 tests' check.log
	else
		is_only_dmesg
	fi
}

# is_only_dmesg: all that check complains of is a report of the kernel. The runner reads the same console, knows which reports are accepted,
# and fails the case by itself.
is_only_dmesg() {
	# _check_dmesg: something found in dmesg (see /results/generic/001.dmesg)
	grep -q '_check_dmesg: something found in dmesg' check.log && ! grep -Eq \
		'output mismatch|failed, exit status|dumped core|no qualified output|inconsistent|_check_(generic|test|scratch|xfs|btrfs)[a-z_]*:' check.log
}

# show_failure: what check said of the test: the difference from the output that was expected, where there is one.
show_failure() {
	# @@ -1,2 +1,2 @@
	if grep -q '^ *@@ ' check.log; then
		sed -n '/^ *@@ /,$p' check.log
	else
		echo "check exited with $check_status and said:"
		cat check.log
	fi | head -n 120 | sed 's/^    //; s/^/# /'
}
