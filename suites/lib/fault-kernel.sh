# SPDX-License-Identifier: GPL-2.0-only
# Errors that the kernel returns to itself when asked.

cachefiles_error_lacks() {
	[ -e /proc/sys/cachefiles/error_injection ] || {
		echo 'the kernel has no cachefiles.error_injection (CONFIG_CACHEFILES_ERROR_INJECTION)'
		return 1
	}
}
cachefiles_error_arm() {
	# Documentation/filesystems/caching/cachefiles.rst: 1 is ENOSPC on write, 2 is EIO on everything.
	case $fault_error in
	ENOSPC) count_errors 28 && echo 1 >/proc/sys/cachefiles/error_injection ;;
	EIO) count_errors 5 && echo 2 >/proc/sys/cachefiles/error_injection ;;
	esac
}
cachefiles_error_count() { count_events; }
cachefiles_error_disarm() { echo 0 >/proc/sys/cachefiles/error_injection && count_end; }

kernel_fail_function=/sys/kernel/debug/fail_function

function_failure_lacks() {
	grep -q "^$fault_function " $kernel_fail_function/injectable 2>/dev/null || {
		echo "the kernel cannot make $fault_function fail (kernel config debug/faults)"
		return 1
	}
}
function_failure_arm() {
	echo "$fault_function" >$kernel_fail_function/inject &&
		printf '%d\n' "$fault_returns" >"$kernel_fail_function/$fault_function/retval" &&
		echo "$fault_times" >$kernel_fail_function/times &&
		echo 1 >$kernel_fail_function/interval &&
		echo N >$kernel_fail_function/task-filter &&
		echo 100 >$kernel_fail_function/probability
}
function_failure_count() {
	[ -e "$fault_dir/armed" ] && echo $((fault_times - $(cat $kernel_fail_function/times))) || echo 0
}
function_failure_disarm() { echo 0 >$kernel_fail_function/probability && echo >$kernel_fail_function/inject; }

module_unload_lacks() { :; }
module_unload_arm() {
	# Only a module that is loaded, before and after, has refused; what is built in has no refcnt.
	[ -e "/sys/module/$fault_module/refcnt" ] && ! rmmod "$fault_module" 2>"$fault_dir/said" &&
		[ -e "/sys/module/$fault_module/refcnt" ] && echo 1 >"$fault_dir/count"
}
module_unload_count() { cat "$fault_dir/count" 2>/dev/null || echo 0; }
module_unload_disarm() { :; }
