#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# watchdog.sh FAULT SETTING SECONDS TEXT: a fault that takes time, with the watchdog set short; ends when the kernel has said TEXT.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "${0%/*}/planted.sh"

plan 3
planted_load
check 'the watchdog is set' set_for_case "$2" "$3"
kernel_log_mark
check 'the fault is committed' plant "$1"
check 'the kernel speaks up' kernel_says "$4" $((15 + 2 * $3))
evidence committed "$1"
# The only fault that goes on after it is reported.
[ "$1" != hung_task ] || plant hung_task_end
