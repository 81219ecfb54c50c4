#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# fault-verb.sh arm|fired|disarm NAME: what a scenario asks of the guest; `fired` and `disarm` print how often it fired. Exits with 3, and
# a reason, when this kernel or image cannot make the fault.
. "$CRUCIBLE_LIB/wait.sh"
. "$CRUCIBLE_LIB/fault.sh"

case $1 in
arm)
	fault_load "$2" || exit
	"${fault_kind}_lacks" || exit 3
	fault_arm "$2"
	;;
fired) fault_fired "$2" ;;
disarm) fault_disarm "$2" && fault_fired "$2" ;;
esac
