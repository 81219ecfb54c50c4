/** Functions that say nothing of what went wrong: detectors, primitives, machinery. Titles and fingerprints skip them. */

import type { Frame } from '../model/run.ts';
import { sourceName } from './frame.ts';

/** Groups of name patterns; `always` is skipped everywhere, the others where a format asks for them. */
export const genericFrames = {
	always: [
		/^(__)?(dump|show)_(stack|trace|regs)/,
		/^(print_(report|address_description)|check_(memory_region|region_inline)|end_report|start_report)/,
		/^_*(kasan|asan|kfence|kmsan|msan|kcsan|tsan|ubsan)_/,
		/^(handle_overflow|handle_shift|ubsan_epilogue|object_err|slab_err|check_slab|slab_bug|bad_page)/,
		/^_*(__asan|__kasan|__tsan|__msan|__ubsan)/,
		/^(__warn|report_bug|handle_bug|warn_slowpath|__report_bug)/,
		/^(asm_)?(exc|sysvec|idtentry)_/,
		/^(do_error_trap|do_trap|error_entry|page_fault_oops|__bad_area|bad_area|die|oops_|no_context|do_user_addr_fault|kernelmode_fixup)/,
		/^(panic|check_panic_on_warn|nmi_panic|vpanic)$/,
		/^_*refcount_/,
		/^(kref_(get|put)|__kref)/,
		/^_*list_(add|del|move)/,
		/^__list_(add|del)/,
		/^(hlist|llist|xas|rb)_(add|del|insert|erase)/,
		/^_*(memcpy|memset|memmove|memcmp|memchr|mem(cpy|set|move)_(orig|erms)|str(n|l|s)?(len|cpy|cmp|cat|chr|rchr|nlen|scpy))/,
		/^(rep_|copy_(to|from)_user|_copy_|__copy_|copy_user)/,
		/^(native_|__pv_|pv_)?queued_(spin|read|write)/,
		/^(native|pv)_/,
		/^_*(raw_)?(spin|read|write)_(lock|trylock|unlock)/,
		/^(do_raw_|_raw_)/,
		/^_*(mutex|ww_mutex|rt_mutex)_/,
		/^_*(down|up)(_(read|write|interruptible|killable|timeout|trylock|common)\w*)?$/,
		/^(rwsem|percpu|rtlock|osq)_/,
		/^(lock_(acquire|release|is_held|set|sync|contended|acquired)|__lock_(acquire|release|contended)|lockdep_|debug_(check|lock|mutex|show)|validate_chain|check_(prev|deadlock|noncircular|irq|usage|wait|chain)|mark_(lock|held|usage)|print_(circular|deadlock|usage|irq|unlock|bad|lock|kernel|freed|held)|add_chain|valid_state|rcu_lockdep)/,
		/^(arch_)?(raw_)?(atomic|test_and|clear_bit|set_bit|try_cmpxchg|cmpxchg|xchg)/,
		/^instrument_/,
		/^_*might_(sleep|resched|fault|alloc)/,
		/^(should_fail|fail_dump|should_fail_ex)/,
		/^register_lock_class|^assign_lock_key/,
	],
	waits: [
		/^_*schedule/,
		/^(msleep|usleep|ssleep|fsleep|do_nanosleep)/,
		/^(context_switch|preempt_schedule|io_schedule|blk_io_schedule)/,
		/^_*(wait_(on|for|var|event|woken)|out_of_line_wait|bit_wait|do_wait_for|prepare_to_wait)/,
		/^(folio_wait|__folio_lock|folio_lock|__lock_page|lock_page|wait_on_page|__wait_on_page)/,
		/^(synchronize_|__synchronize|wait_rcu_gp|rcu_barrier|__flush_work|flush_work|__flush_workqueue|__cancel_work|cancel_work_sync|kthread_(stop|flush))/,
		/^(lock_sock|__lock_sock|rpc_wait_bit)/,
	],
	allocations: [
		/^_*(kmalloc|kzalloc|kcalloc|krealloc|kvmalloc|kvzalloc|kmemdup|kstrdup|kstrndup|kasprintf|kvasprintf|vmalloc|vzalloc|memdup)/,
		/^(__do_kmalloc|__kvmalloc|__vmalloc|slab_|___slab_alloc|__slab|kmem_cache_|kmemleak|__kmem|new_slab|allocate_slab)/,
		/^(_*alloc_(pages|page|skb)|__get_free_page|get_zeroed_page|pcpu_alloc|__alloc_percpu|folio_alloc|__folio_alloc|alloc_slab)/,
		/^(should_failslab|alloc_hooks|mempool_)/,
		/^kfree/,
	],
	stalls: [
		/^(smp_call_function|csd_lock|on_each_cpu|generic_exec|flush_smp_call|__flush_smp|generic_smp_call)/,
		/^(nmi_|trigger_|watchdog|__?hrtimer|hrtimer|tick_|update_process_times|__sysvec|asm_|irq_|__irq|handle_(irq|softirq)|do_softirq|__do_softirq|run_timer|call_timer|timer_)/,
		/^(rcu_(sched_clock|dump|check|pending|sched)|print_cpu_stall|print_other|check_cpu_stall|sched_show|sched_tick|scheduler_tick|dump_cpu_task|dump_sched)/,
		/^_*rcu_read_(lock|unlock)/,
		// Of a task that runs on another CPU the stack is guessed: its entry into the kernel may be found before the rest.
		/^(entry_SYSCALL|do_syscall_64|restore_regs|swapgs_restore)/,
		/^(raw_)?irqentry_|^(common|spurious)_interrupt|^ret_from_|^apic_timer|^handle_edge_irq/,
		/^(cpu_relax|delay_|__delay|__const_udelay|__udelay|kvm_|default_idle|default_send|cond_resched|preempt_|trace_hardirqs|trace_irq)/,
	],
} as const satisfies Record<string, readonly RegExp[]>;

export type GenericGroup = keyof typeof genericFrames;

/** Whether a function name is machinery for these groups. */
export function isGeneric(name: string, groups: readonly GenericGroup[] = []): boolean {
	const plain = sourceName(name).replace(/^__pfx_/, '');
	return (['always', ...groups] as const).some((group) => genericFrames[group].some((pattern) => pattern.test(plain)));
}

/** The reliable frames that are not machinery, in order. */
export function tellingFrames(frames: readonly Frame[], groups: readonly GenericGroup[] = []): Frame[] {
	return frames.filter((frame) => !frame.unreliable && !frame.function.startsWith('0x') && !isGeneric(frame.function, groups));
}
