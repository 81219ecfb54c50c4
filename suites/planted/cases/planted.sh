# SPDX-License-Identifier: GPL-2.0-only
# Planting a fault through planted.ko, and waiting for what the kernel says of it. Sourced by the cases, after ktap.sh and wait.sh.

. "$CRUCIBLE_LIB/module.sh"

planted=/sys/module/planted

# planted_load: until the case ends. A task that died in the module holds it for ever, and it is left loaded then.
planted_load() {
	[ -d $planted ] || module_load /crucible/modules/planted.ko || give_up 'insmod of planted.ko'
	at_exit '[ "${planted_died:-0}" = 1 ] || rmmod planted'
}

# plant FAULT: commits it in a process of its own, since some faults kill the process that commits them.
plant() {
	(echo "$1" >$planted/parameters/fault) 2>plant.log
	planted_status=$?
	if [ "$planted_status" -ge 128 ]; then
		planted_died=1
	elif [ "$planted_status" -ne 0 ]; then
		show plant.log "the shell said"
		return 1
	fi
}

# need_config SYMBOL...: skips the case on a kernel that was built without one of them.
need_config() {
	for planted_symbol in "$@"; do
		zcat /proc/config.gz | grep -q "^$planted_symbol=y" || skip_case "the kernel has no $planted_symbol"
	done
}

# set_for_case FILE VALUE: writes a setting, and back what it was when the case ends.
set_for_case() {
	planted_old=$(cat "$1") && echo "$2" >"$1" && at_exit "echo '$planted_old' >'$1'"
}

# kernel_log_mark: what kernel_says looks at begins here. Written by us, so that an earlier case's messages do not count.
kernel_log_mark() {
	kernel_log_from="planted mark $$ $(cut -d ' ' -f 1 /proc/uptime)"
	echo "$kernel_log_from" >/dev/kmsg
}

# kernel_says TEXT [SECONDS]: waits for a kernel message with TEXT after the mark. Reading /dev/kmsg blocks until there is one.
kernel_says() {
	awk -v from="$kernel_log_from" -v text="$1" '
		index($0, from) { seen = 1; next }
		seen && index($0, text) { exit }' /dev/kmsg &
	wait_until "${2:-15}" "the kernel to say '$1'" has_ended $!
	kernel_said=$?
	end_process $! awk
	return $kernel_said
}
