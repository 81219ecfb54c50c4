#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# leaves.sh WHAT: passes, and leaves something behind.
. "$CRUCIBLE_LIB/ktap.sh"
. "$CRUCIBLE_LIB/module.sh"

# In a session of its own, so that no signal to the case reaches it; it reads what is never written.
leave_process() {
	mkfifo never
	setsid sh -c 'read -r line <never' </dev/null >/dev/null 2>&1 &
}

leave_mount() {
	mkdir -p /run/planted && mount -t tmpfs planted /run/planted
}

# The module goes, the volume stays.
leave_volume() {
	module_load /crucible/modules/planted_volume.ko && rmmod planted_volume
}

# The module stays and holds the one that it uses.
leave_module() {
	module_load /crucible/modules/planted_volume.ko take=0
}

# As a warning does whose text nobody saw.
leave_taint() {
	echo 512 >/proc/sys/kernel/tainted
}

plan 1
check "something is left behind: $1" "leave_$1"
evidence left "$1"
