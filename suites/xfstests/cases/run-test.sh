#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run-test.sh STACK TEST: the test as xfstests' own check runs it, on that stack, and what the cache did meanwhile.
for part in ktap wait fscache-stats cache nfsd; do
	. "$CRUCIBLE_LIB/$part.sh"
done
. "${0%/*}/stack.sh"
. "${0%/*}/system.sh"
. "${0%/*}/result.sh"

stack=$1
test=$2

at_exit_only
at_exit cache_stop
cache_start "$CRUCIBLE_DISK_CACHE" || give_up 'cachefilesd did not start the cache'
"stack_$stack" || give_up "the $stack server did not start"
system_start || give_up 'the root for the tests could not be mounted'
watch_cache

system_run "cd /xfstests && exec ./check $test" >check.log 2>&1
check_status=$?

# Diagnostics of a test may be long; the host keeps them as agent.log.
[ ! -e "$results/$test.full" ] || tail -c 262144 "$results/$test.full" >&2
# What is still mounted holds data that the cache has not seen yet.
system_unmount_tests
tell_cache
! was_not_run || skip_case "$(was_not_run_because)"
plan 1
check "$test" passes_check
[ "$ktap_failed" = 0 ] || show_failure
! is_only_dmesg || note "xfstests has found something in the kernel's log, which is judged with the reports: $(sed -n 's/.*\(_check_dmesg: .*\)/\1/p' check.log)"
