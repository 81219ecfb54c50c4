#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# fault.sh arms|forgets: arms the fault `broken` and does nothing else, not even disarm it; or forgets to arm it. Every check holds.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fscache-stats.sh"
. "$CRUCIBLE_LIB/fault.sh"

faults_needed
plan 1
case $1 in
arms) check 'the fault is armed' fault_arm broken ;;
forgets) check 'all is well' true ;;
esac
evidence seen 1
