# SPDX-License-Identifier: GPL-2.0-only
# Allocations that fail; Documentation/fault-injection/fault-injection.rst has each file of the folders used here.

alloc_debugfs=/sys/kernel/debug

# alloc_arm FOLDER: the settings that all kinds share.
alloc_arm() {
	alloc_dir=$alloc_debugfs/$1
	echo 0 >"$alloc_dir/probability"
	echo "$fault_nth" >"$alloc_dir/interval"
	# Allocations that may wait fail as well, and single pages.
	[ ! -e "$alloc_dir/ignore-gfp-wait" ] || echo N >"$alloc_dir/ignore-gfp-wait"
	[ ! -e "$alloc_dir/min-order" ] || echo 0 >"$alloc_dir/min-order"
	[ "$fault_nth" = 1 ] || alloc_align "$1" || return
	# So many are left; what is gone from it was made to fail.
	echo "$fault_times" >"$alloc_dir/times"
	echo N >"$alloc_dir/task-filter"
	# The console tells who failed, all of them.
	echo 2 >"$alloc_dir/verbose"
	echo 0 >"$alloc_dir/verbose_ratelimit_interval_ms"
}

# alloc_align FOLDER: the kernel fails each nth, and what it has counted stays from one arming to the next and is shown nowhere
# (lib/fault-inject.c). So an allocation of our own is made to fail first, which leaves a multiple of nth.
alloc_align() {
	alloc_anywhere "$1"
	echo 1 >"$alloc_dir/times"
	echo Y >"$alloc_dir/task-filter"
	echo 0 >"$alloc_dir/verbose"
	alloc_go "$1"
	(
		echo 1 >/proc/self/make-it-fail
		alloc_left=1
		alloc_rounds=$fault_nth
		# Each asks at least once for an object, to open a file, and once for a page, which a command line is copied to.
		while [ "$alloc_left" != 0 ] && [ "$alloc_rounds" -gt 0 ]; do
			read -r alloc_left <"$alloc_dir/times"
			read -r alloc_word </proc/self/cmdline
			alloc_rounds=$((alloc_rounds - 1))
		done
	) 2>/dev/null
	alloc_end "$1"
	[ "$(cat "$alloc_dir/times")" = 0 ] || {
		echo "no allocation of our own failed by $1" >&2
		return 1
	}
}

# alloc_within FOLDER MODULE...: only below functions of the modules, and of those that lie between them.
alloc_within() {
	alloc_folder=$1
	shift
	# ffffffffc0345000 t cachefiles_daemon_open	[cachefiles]
	alloc_range=$(awk -v modules=" $* " 'tolower($2) == "t" && $4 && index(modules, " " substr($4, 2, length($4) - 2) " ") { if (first == "" || $1 < first) first = $1; if ($1 > last) last = $1 } END { print first, last }' /proc/kallsyms)
	set -- "$alloc_folder"
	echo 32 >"$alloc_debugfs/$1/stacktrace-depth"
	echo "0x${alloc_range% *}" >"$alloc_debugfs/$1/require-start"
	# Past the last function; no function is longer.
	printf '0x%x\n' $((0x${alloc_range#* } + 4096)) >"$alloc_debugfs/$1/require-end"
}

# alloc_nth MODULE...: what the program failnth makes fail is below functions of the modules, or anywhere where the kernel cannot tell.
alloc_nth() {
	for alloc_kind in failslab fail_page_alloc; do
		alloc_lacks $alloc_kind || return
		fault_times=-1
		fault_nth=1
		alloc_arm $alloc_kind
		[ ! -e "$alloc_debugfs/$alloc_kind/require-start" ] || alloc_within $alloc_kind "$@"
	done
	echo N >$alloc_debugfs/fail_page_alloc/ignore-gfp-highmem
}

alloc_nth_end() {
	alloc_anywhere failslab
	alloc_anywhere fail_page_alloc
}

# alloc_site: who could not allocate: the innermost functions of the last dump on the console, from the caller of the allocator outwards.
alloc_site() {
	# [   12.345678][    T1]  cachefiles_alloc_object+0x2c/0x1a0 [cachefiles]
	dmesg | awk '
		/FAULT_INJECTION: forcing a failure/ { seen = 1; count = 0; next }
		seen && match($0, /[a-z_][a-zA-Z0-9_.]*\+0x[0-9a-f]+\/0x[0-9a-f]+/) && !/RIP:/ {
			name = substr($0, RSTART, RLENGTH); sub(/\+.*/, "", name)
			if (name ~ /^(dump_stack|should_fail|__should_fail|kmem_cache_|__kmem|kmalloc|__kmalloc|fail_dump|__slab|slab_|trace_|kvmalloc|__kvmalloc)/ || / \? /) next
			if (count < 6) functions[count++] = name
		}
		END { for (i = 0; i < count; i++) printf "%s%s", i ? " < " : "", functions[i] }'
}

alloc_anywhere() {
	[ ! -e "$alloc_debugfs/$1/require-start" ] || {
		echo 0 >"$alloc_debugfs/$1/require-start"
		echo 0xffffffffffffffff >"$alloc_debugfs/$1/require-end"
	}
}

alloc_go() {
	echo 100 >"$alloc_debugfs/$1/probability"
}

alloc_end() {
	echo 0 >"$alloc_debugfs/$1/probability"
}

alloc_count() {
	[ -e "$fault_dir/armed" ] || {
		echo 0
		return
	}
	echo $((fault_times - $(cat "$alloc_debugfs/$1/times")))
}

# alloc_lacks FOLDER [FILE]
alloc_lacks() {
	[ -e "$alloc_debugfs/$1/${2:-times}" ] || {
		echo "the kernel has no $1${2:+/$2} (kernel config debug/faults${2:+, 6.2 and later})"
		return 1
	}
}

slab_failure_lacks() { alloc_lacks failslab && alloc_lacks failslab require-start; }
slab_failure_arm() { alloc_arm failslab && alloc_within failslab "$fault_module" && alloc_go failslab; }
slab_failure_count() { alloc_count failslab; }
slab_failure_disarm() { alloc_end failslab && alloc_anywhere failslab; }

page_failure_lacks() { alloc_lacks fail_page_alloc && alloc_lacks fail_page_alloc require-start; }
page_failure_arm() { alloc_arm fail_page_alloc && alloc_within fail_page_alloc "$fault_module" && alloc_go fail_page_alloc; }
page_failure_count() { alloc_count fail_page_alloc; }
page_failure_disarm() { alloc_end fail_page_alloc && alloc_anywhere fail_page_alloc; }

object_failure_lacks() { alloc_lacks failslab cache-filter; }
object_failure_arm() {
	alloc_arm failslab && alloc_anywhere failslab &&
		echo 1 >"/sys/kernel/slab/$fault_cache/failslab" && echo Y >$alloc_debugfs/failslab/cache-filter && alloc_go failslab
}
object_failure_count() { alloc_count failslab; }
object_failure_disarm() {
	alloc_end failslab && echo 0 >"/sys/kernel/slab/$fault_cache/failslab" && echo N >$alloc_debugfs/failslab/cache-filter
}
