#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# splat.sh FAULT [SYMBOL...]: the kernel reports the fault, and the case knows nothing of it: it passes all its checks.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "${0%/*}/planted.sh"

fault=$1
shift
need_config "$@"
plan 3
planted_load
check 'all is well before' true
check 'the fault is committed' plant "$fault"
check 'all seems well after' true
evidence committed "$fault"
