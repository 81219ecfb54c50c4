#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# no-return.sh FAULT: nothing after the fault is ever reached.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/wait.sh"
. "${0%/*}/planted.sh"

plan 2
check 'all is well before' true
case $1 in
agent_killed) kill -KILL $(pidof agent) ;;
power_off) echo o >/proc/sysrq-trigger ;;
reboot) echo b >/proc/sysrq-trigger ;;
test_hang)
	# Asked to go, it stays.
	trap '' TERM INT HUP
	;;
*)
	planted_load
	plant "$1"
	;;
esac
# Nobody will ever write to it.
mkfifo never
read -r line <never
