#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# One allocation fails because it was asked to; the dump the kernel prints of it is no failure.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "${0%/*}/planted.sh"

need_config CONFIG_FAILSLAB CONFIG_FAULT_INJECTION_DEBUG_FS
failslab=/sys/kernel/debug/failslab
plan 2
set_for_case $failslab/probability 0
set_for_case $failslab/task-filter Y
set_for_case $failslab/ignore-gfp-wait N
set_for_case $failslab/verbose 2
echo 1 >$failslab/times
echo 100 >$failslab/probability

# The shell's own child fails, with whatever it allocates first.
fail_once() {
	sh -c 'echo 1 >/proc/self/make-it-fail; exec cat /proc/self/status' >/dev/null 2>&1
	return 0
}

kernel_log_mark
check 'an allocation is made to fail' fail_once
check 'the kernel says so' kernel_says 'FAULT_INJECTION: forcing a failure'
evidence failures_left "$(cat $failslab/times)"
