# SPDX-License-Identifier: GPL-2.0-only
# Loading kernel modules. Sourced by cases, and by the runner for the modules under test.

# module_load FILE [PARAMETER...]: insmod. Where the guest is recorded (crucible rr), the kernel log says where the module's sections are: the
# debugger that comes later has nobody to ask, least of all when the kernel dies of the module.
module_load() {
	insmod "$@" || return
	[ -n "${CRUCIBLE_RECORDED:-}" ] || return 0
	module_name=$(basename "$1" .ko | tr - _)
	module_told=
	for module_section in .text .text.unlikely .exit.text .rodata .data .bss; do
		module_file=/sys/module/$module_name/sections/$module_section
		[ ! -e "$module_file" ] || module_told="$module_told $module_section=$(cat "$module_file")"
	done
	echo "<1>crucible: sections of $module_name:$module_told" >/dev/kmsg
}
