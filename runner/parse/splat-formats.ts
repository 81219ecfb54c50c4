/** The table of kernel reports: how each kind begins, what else it says of itself, how it is titled, continues and ends. */

import type { SplatKind } from '../model/run.ts';
import type { GenericGroup } from './generic-frames.ts';

/**
 * One kind of report. When a report is read, the first format of the table that fits one of its head lines (the lines before its first
 * stack) is its format; so what is more telling stands first.
 */
export interface SplatFormat {
	readonly id: string;
	readonly kind: SplatKind;
	/** Matches a head line. Unanchored groups: `at` is the function named there, others are for the title. */
	readonly begins: RegExp;
	/** Such a line only refines a report that another format opened. */
	readonly opens?: false;
	/** More facts for the title, searched in the whole text with the report's lines joined by newlines. */
	readonly facts?: readonly RegExp[];
	/** `{in}` is the telling function; a name of a group of `begins` or `facts` stands for its text; what is unknown is left out. */
	readonly title: string;
	/** The role of the report's own stack. */
	readonly role?: string;
	/** Groups of machinery that are skipped to find the telling function. */
	readonly skips?: readonly GenericGroup[];
	/** The last line of it. Without one, it ends when other lines come. */
	readonly ends?: RegExp;
	/** Formats whose first lines, when they come before the first stack of this one, belong to it. */
	readonly absorbs?: readonly string[];
	/** Lines of it come from several CPUs. */
	readonly hasManyCallers?: true;
	readonly isFailure?: false;
}

// "=================================================================="
const rule = /^={30,}$/;
// "---[ end trace 0000000000000000 ]---"
const endTrace = /^---\[ end trace [0-9a-f ]*\]---/;
// "kworker/u16:1/93 is trying to acquire lock:\nffff888 (&x){+.+.}-{3:3}, at: nfs_foo+0x1/0x2"
const lockAt = /is (?:trying|freeing|leaving)[^\n]*\n[^\n]*\bat: (?<at>[A-Za-z_][\w.]*)\+0x/;

const dies = ['oops', 'oops-bare'] as const;
const warns = ['cut-here', 'warning', 'warning-short', 'kernel-bug', ...dies] as const;

export const splatFormats: readonly SplatFormat[] = [
	{
		// "FAULT_INJECTION: forcing a failure.\nname failslab, interval 1, probability 0, space 0, times 0"
		id: 'fault-injection',
		kind: 'FAULT_INJECTION',
		begins: /^FAULT_INJECTION: forcing a failure/,
		facts: [/^name (?<name>[\w-]+),/m],
		title: 'FAULT_INJECTION: {name} in {in}',
		skips: ['allocations'],
		isFailure: false,
	},
	{
		// "BUG: KASAN: slab-use-after-free in fscache_withdraw_volume+0x9e/0x160 [netfs]", "Read of size 8 at addr ffff8881 by task sh/81"
		id: 'kasan',
		kind: 'KASAN',
		begins: /^BUG: KASAN: /,
		facts: [
			/BUG: KASAN: (?<what>double-free or invalid-free|[\w-]+)(?: in (?<at>[A-Za-z_][\w.]*))?/,
			/^(?<access>Read|Write) (?:of|at)\b/m,
		],
		title: 'KASAN: {what} {access} in {in}',
		role: 'access',
		ends: rule,
	},
	{
		// "BUG: KCSAN: data-race in fscache_a / fscache_b", "BUG: KCSAN: assert: race in f+0x1/0x2"
		id: 'kcsan',
		kind: 'KCSAN',
		begins: /^BUG: KCSAN: /,
		facts: [/BUG: KCSAN: (?<what>data-race|assert: race) in (?:(?<pair>[\w.]+ \/ [\w.]+)|(?<at>[\w.]+))/],
		title: 'KCSAN: {what} in {pair|in}',
		role: 'access',
		ends: rule,
	},
	{
		// "BUG: KFENCE: use-after-free read in f+0x1/0x2", "BUG: KFENCE: memory corruption in f+0x1/0x2"
		id: 'kfence',
		kind: 'KFENCE',
		begins: /^BUG: KFENCE: /,
		facts: [/BUG: KFENCE: (?<what>[a-z -]+?) in (?<at>[A-Za-z_][\w.]*)/],
		title: 'KFENCE: {what} in {in}',
		role: 'access',
		ends: rule,
	},
	{
		// "BUG: KMSAN: uninit-value in f+0x1/0x2"
		id: 'kmsan',
		kind: 'KMSAN',
		begins: /^BUG: KMSAN: /,
		facts: [/BUG: KMSAN: (?<what>[a-z -]+?) in (?<at>[A-Za-z_][\w.]*)/],
		title: 'KMSAN: {what} in {in}',
		role: 'access',
		ends: rule,
	},
	{
		// "UBSAN: shift-out-of-bounds in fs/netfs/read_collect.c:99:12"; it ends with a rule in 6.1 and with an end trace in 6.12
		id: 'ubsan',
		kind: 'UBSAN',
		begins: /^UBSAN: /,
		facts: [/^UBSAN: (?<what>[\w -]+?)(?: in |:|$)/m],
		title: 'UBSAN: {what} in {in}',
		ends: /^(?:={30,}|---\[ end trace.*\]---)$/,
	},
	{
		// "refcount_t: underflow; use-after-free."
		id: 'refcount',
		kind: 'REFCOUNT',
		begins: /^refcount_t: /,
		opens: false,
		title: 'WARNING: refcount bug in {in}',
		ends: endTrace,
	},
	{
		// "list_del corruption. prev->next should be ffff8881, but was ffff8882. (prev=ffff8883)", "list_add double add: new=..."
		id: 'list',
		kind: 'LIST_CORRUPTION',
		begins: /^(?:lib\/list_debug: )?list_(?:add|del) (?:corruption|double add)/,
		title: 'BUG: corrupted list in {in}',
		ends: endTrace,
		absorbs: warns,
	},
	{
		// "VFS: Busy inodes after unmount of 0:43 (nfs)", up to 6.0 "VFS: Busy inodes after unmount of 0:43. Self-destruct in 5 seconds."
		id: 'busy-inodes',
		kind: 'BUSY_INODES',
		begins: /^VFS: Busy inodes after unmount(?: of .* (?<fs>\([\w.-]+\))$)?/,
		title: 'VFS: Busy inodes after unmount {fs}',
		ends: endTrace,
		absorbs: warns,
	},
	{
		// "BUG: Dentry 00000000a1b2c3d4{i=2a,n=file}  still in use (1) [unmount of nfs 0:43]"
		id: 'busy-dentry',
		kind: 'BUSY_INODES',
		begins: /^BUG: Dentry .*still in use.*\[unmount of (?<fs>[\w.-]+) /,
		title: 'BUG: Dentry still in use in unmount of {fs}',
		ends: endTrace,
		absorbs: warns,
	},
	{
		// "kmem_cache_destroy fscache_cookie_jar: Slab cache still has objects when called from fscache_exit+0x1/0x2 [fscache]"
		id: 'cache-has-objects',
		kind: 'SLAB',
		begins: /^kmem_cache_destroy (?<cache>\S+): Slab cache still has objects/,
		opens: false,
		title: 'kmem_cache_destroy {cache}: Slab cache still has objects',
		ends: endTrace,
	},
	{
		// 6.12 warns after such a report (so the stack comes with the WARNING), 6.1 dumps the stack itself.
		// "BUG nfs_inode_cache (Tainted: G    B   W  ): Objects remaining in nfs_inode_cache on __kmem_cache_shutdown()"
		id: 'slab-objects',
		kind: 'SLAB',
		begins: /^BUG (?<cache>\S+) \((?:Not tainted|Tainted:[^)]*)\): Objects remaining/,
		title: 'BUG: Objects remaining in {cache} on __kmem_cache_shutdown',
		ends: endTrace,
		absorbs: warns,
	},
	{
		// "BUG kmalloc-64 (Not tainted): Padding overwritten. 0x1-0x2 @offset=3", "BUG kmalloc-64 (Not tainted): inuse 3 > max 2"
		id: 'slab',
		kind: 'SLAB',
		begins: /^BUG (?<cache>\S+) \((?:Not tainted|Tainted:[^)]*)\): (?<what>[A-Za-z][A-Za-z -]+)(?:\d+ (?<above>> max))?/,
		title: 'BUG {cache}: {what} {above}',
		ends: endTrace,
		absorbs: warns,
	},
	{
		// "WARNING: possible circular locking dependency detected", "WARNING: SOFTIRQ-safe -> SOFTIRQ-unsafe lock order detected"
		id: 'deadlock',
		kind: 'LOCKDEP',
		begins:
			/^WARNING: (?:possible (?:circular locking dependency|recursive locking|irq lock inversion dependency) detected|.*-safe -> .*-unsafe lock order detected)/,
		facts: [
			lockAt,
			/just changed the state of lock:\n[^\n]*\bat: (?<at>[A-Za-z_][\w.]*)\+0x/,
			/is trying to acquire:\n[^\n]*\bat: (?<at>[A-Za-z_][\w.]*)\+0x/,
		],
		title: 'possible deadlock in {in}',
	},
	{
		// "WARNING: inconsistent lock state", "sh/81 [HC0[0]:SC0[0]:HE1:SE1] takes:\nffff8881 (&x){+.+.}-{2:2}, at: f+0x1/0x2"
		id: 'inconsistent-lock',
		kind: 'LOCKDEP',
		begins: /^WARNING: inconsistent lock state/,
		facts: [/\] takes:\n[^\n]*\bat: (?<at>[A-Za-z_][\w.]*)\+0x/],
		title: 'inconsistent lock state in {in}',
	},
	{
		// "sh/81 is trying to release lock (&x) at:\n[<ffffffff8123>] f+0x1/0x2"
		id: 'unlock-balance',
		kind: 'LOCKDEP',
		begins: /^WARNING: bad unlock balance detected!/,
		facts: [/is trying to release lock [^\n]*\n(?:\[<[^>]*>\] )?(?<at>[A-Za-z_][\w.]*)\+0x/],
		title: 'WARNING: bad unlock balance in {in}',
	},
	{
		id: 'held-lock-freed',
		kind: 'LOCKDEP',
		begins: /^WARNING: held lock freed!/,
		title: 'WARNING: held lock freed in {in}',
	},
	{
		// "WARNING: lock held when returning to user space!", " #0: ffff8881 (&x){+.+.}-{3:3}, at: f+0x1/0x2"
		id: 'lock-to-user',
		kind: 'LOCKDEP',
		begins: /^WARNING: lock held when returning to user space!/,
		facts: [/^ ?#0: [^\n]*\bat: (?<at>[A-Za-z_][\w.]*)\+0x/m],
		title: 'WARNING: lock held when returning to user space in {in}',
	},
	{
		// "WARNING: sh/81 still has locks held!"
		id: 'still-locks',
		kind: 'LOCKDEP',
		begins: /^WARNING: \S.*\/\d+ still has locks held!/,
		facts: [/^ ?#0: [^\n]*\bat: (?<at>[A-Za-z_][\w.]*)\+0x/m],
		title: 'WARNING: still has locks held in {in}',
	},
	{
		// "WARNING: suspicious RCU usage", "fs/nfs/delegation.c:123 suspicious rcu_dereference_check() usage!"
		id: 'rcu-usage',
		kind: 'LOCKDEP',
		begins: /^WARNING: suspicious RCU usage/,
		title: 'WARNING: suspicious RCU usage in {in}',
	},
	{
		id: 'lockdep-other',
		kind: 'LOCKDEP',
		begins: /^WARNING: (?<what>Nested lock was not taken|bad contention detected|chain_key collision)/,
		title: 'WARNING: {what} in {in}',
	},
	{
		id: 'wait-context',
		kind: 'LOCKDEP',
		begins: /^\[ BUG: Invalid wait context \]/,
		facts: [lockAt],
		title: 'BUG: Invalid wait context in {in}',
	},
	{
		// "INFO: trying to register non-static key."
		id: 'static-key',
		kind: 'LOCKDEP',
		begins: /^INFO: trying to register non-static key/,
		title: 'INFO: trying to register non-static key in {in}',
	},
	{
		// "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", "rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-..."
		id: 'rcu-stall',
		kind: 'RCU_STALL',
		begins: /^(?:rcu: )?INFO: rcu\w* (?:self-)?detected (?:expedited )?stalls?\b/,
		title: 'INFO: rcu detected stall in {in}',
		skips: ['stalls', 'waits'],
		hasManyCallers: true,
	},
	{
		// "watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [fio:812]"
		id: 'soft-lockup',
		kind: 'SOFT_LOCKUP',
		begins: /^(?:(?:NMI )?watchdog: )?BUG: soft lockup - CPU#\d+ stuck/,
		title: 'BUG: soft lockup in {in}',
		skips: ['stalls'],
	},
	{
		// "watchdog: Watchdog detected hard LOCKUP on cpu 1"
		id: 'hard-lockup',
		kind: 'HARD_LOCKUP',
		begins: /^(?:(?:NMI )?watchdog: )?Watchdog detected hard LOCKUP on cpu \d+/,
		title: 'BUG: hard LOCKUP in {in}',
		skips: ['stalls'],
		hasManyCallers: true,
	},
	{
		// "INFO: task umount:812 blocked for more than 122 seconds."
		id: 'hung-task',
		kind: 'HUNG_TASK',
		begins: /^INFO: task .+:\d+ (?:blocked|is blocked)\b/,
		title: 'INFO: task hung in {in}',
		skips: ['waits'],
	},
	{
		// "BUG: sleeping function called from invalid context at kernel/locking/mutex.c:585"
		id: 'sleeping',
		kind: 'SLEEP_IN_ATOMIC',
		begins: /^BUG: sleeping function called from invalid context/,
		title: 'BUG: sleeping function called from invalid context in {in}',
		skips: ['allocations'],
	},
	{
		// "BUG: scheduling while atomic: sh/81/0x00000002"
		id: 'atomic',
		kind: 'SLEEP_IN_ATOMIC',
		begins: /^BUG: scheduling while atomic: /,
		title: 'BUG: scheduling while atomic in {in}',
		skips: ['waits'],
	},
	{
		// "BUG: workqueue leaked atomic, lock or RCU: kworker/0:1[9]", "     last function: fscache_cookie_worker"
		id: 'workqueue-leak',
		kind: 'SLEEP_IN_ATOMIC',
		begins: /^BUG: workqueue leaked (?:atomic|lock)/,
		facts: [/last function: (?<at>[\w.]+)/],
		title: 'BUG: workqueue leaked lock or atomic in {in}',
	},
	{
		// "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 33s!"
		id: 'workqueue-lockup',
		kind: 'BUG',
		begins: /^BUG: workqueue lockup/,
		title: 'BUG: workqueue lockup',
		hasManyCallers: true,
	},
	{
		// "BUG: kernel NULL pointer dereference, address: 0000000000000000", up to 5.1 "BUG: unable to handle kernel NULL pointer dereference at"
		id: 'null-deref',
		kind: 'OOPS',
		begins: /^BUG: (?:unable to handle )?kernel NULL pointer dereference/,
		title: 'BUG: unable to handle kernel NULL pointer dereference in {in}',
		ends: endTrace,
		absorbs: dies,
	},
	{
		// "BUG: unable to handle page fault for address: ffffed1000000000"
		id: 'page-fault',
		kind: 'OOPS',
		begins: /^BUG: unable to handle (?:page fault|kernel paging request)/,
		title: 'BUG: unable to handle kernel paging request in {in}',
		ends: endTrace,
		absorbs: dies,
	},
	{
		// "BUG: TASK stack guard page was hit at 00000000a1b2c3d4 (stack is ...)", "PANIC: double fault, error_code: 0x0"
		id: 'stack-overflow',
		kind: 'OOPS',
		begins: /^BUG: .*stack guard page was hit/,
		title: 'BUG: stack guard page was hit in {in}',
		ends: endTrace,
		absorbs: dies,
	},
	{
		id: 'double-fault',
		kind: 'OOPS',
		begins: /^(?:traps: )?PANIC: double fault/,
		title: 'PANIC: double fault in {in}',
		ends: endTrace,
		absorbs: dies,
	},
	{
		// "kernel BUG at fs/cachefiles/volume.c:123!"
		id: 'kernel-bug',
		kind: 'BUG',
		begins: /^[kK]ernel BUG at /,
		title: 'kernel BUG in {in}',
		ends: endTrace,
		absorbs: dies,
	},
	{
		// "BUG: Bad page state in process umount  pfn:12c184"
		id: 'bad-page',
		kind: 'BUG',
		begins: /^BUG: (?<what>Bad (?:page state|page map|rss-counter state|swap))/,
		title: 'BUG: {what}',
	},
	{
		// "Oops: general protection fault, probably for non-canonical address 0xdffffc0000000003: 0000 [#1] PREEMPT SMP KASAN"
		id: 'oops',
		kind: 'OOPS',
		begins:
			/^(?:Oops: )?(?<what>general protection fault|divide error|invalid opcode|stack segment|segment not present|alignment check|int3)\b.*\[#\d+\]/,
		title: '{what} in {in}',
		ends: endTrace,
	},
	{
		// "Oops: 0002 [#1] PREEMPT SMP KASAN", 6.12: "Oops: Oops: 0002 [#1] PREEMPT SMP KASAN"
		id: 'oops-bare',
		kind: 'OOPS',
		begins: /^(?:Oops|Internal error)\b.*\[#\d+\]/,
		title: 'Oops in {in}',
		ends: endTrace,
	},
	{
		// "WARNING: CPU: 0 PID: 81 at fs/nfs/inode.c:123 nfs_foo+0x1/0x2 [nfs]"
		id: 'warning',
		kind: 'WARNING',
		begins: /^WARNING: CPU: \d+ PID: \d+ at\b/,
		facts: [/^WARNING: CPU: \d+ PID: \d+ at (?:\S+:\d+ )?(?<at>[A-Za-z_][\w.]*)\+0x/m],
		title: 'WARNING in {in}',
		ends: endTrace,
	},
	{
		// since 6.18 "WARNING: fs/nfs/inode.c:123 at nfs_foo+0x1/0x2 [nfs], CPU#0: sh/81"
		id: 'warning-short',
		kind: 'WARNING',
		begins: /^WARNING: \S+:\d+ at (?<at>[A-Za-z_][\w.]*)\+0x/,
		title: 'WARNING in {in}',
		ends: endTrace,
	},
	{
		// "unreferenced object 0xffff888103a0c000 (size 176):", in /sys/kernel/debug/kmemleak
		id: 'leak',
		kind: 'LEAK',
		begins: /^unreferenced object 0x[0-9a-f]+ \(size \d+\):/,
		title: 'memory leak in {in}',
		role: 'allocated',
		skips: ['allocations'],
	},
	{
		// "kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)"; the file has the objects
		id: 'leaks-counted',
		kind: 'LEAK',
		begins: /^kmemleak: \d+ new suspected memory leaks?/,
		title: 'kmemleak: new suspected memory leaks',
	},
	{
		// "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)"
		id: 'panic',
		kind: 'PANIC',
		begins: /^Kernel panic - not syncing: (?<text>.*)$/,
		title: 'kernel panic: {text}',
		ends: /^---\[ end Kernel panic/,
	},
	{
		// "BUG: MAX_LOCKDEP_ENTRIES too low!", "BUG: spinlock bad magic on CPU#0, sh/81", "BUG: non-zero pgtables_bytes on freeing mm: 4096"
		id: 'bug-other',
		kind: 'BUG',
		begins: /^(?:\w[\w-]*: )?BUG: (?<what>[A-Za-z][A-Za-z_' -]*[A-Za-z_])/,
		title: 'BUG: {what} in {in}',
	},
	{
		// "------------[ cut here ]------------" comes before the line that tells what it is
		id: 'cut-here',
		kind: 'WARNING',
		begins: /^-{8,}\[ cut here \]-{8,}$/,
		title: 'WARNING: report cut short',
		ends: endTrace,
		absorbs: [
			'refcount',
			'list',
			'busy-inodes',
			'cache-has-objects',
			'ubsan',
			'warning',
			'warning-short',
			'kernel-bug',
			'oops',
			'oops-bare',
		],
	},
];

/**
 * Every line that fits a `begins` has one of these in it: the bytes of a console are searched for them, and for nothing else. Two
 * expressions, each with few first letters: V8 then skips through text at 400-900 MB/s; joined, it reads every byte at 150.
 */
export const triggers: readonly RegExp[] = [
	/BUG|WARNING: |INFO: |\[#\d|\[ cut here|UBSAN: |_INJECTION|_(?:add|del) (?:c|d)|VFS: B|LOCKUP|PANIC: |Kernel p|Oops/g,
	/unreferenced object 0x|new suspected memory leak/g,
];

/** The first format of the table that fits a line. */
export function formatOfLine(text: string): SplatFormat | undefined {
	return mayBegin.test(text) ? splatFormats.find((format) => format.begins.test(text)) : undefined;
}
const mayBegin = new RegExp([...triggers.map(({ source }) => source), 'refcount_t: ', 'kmem_cache_destroy '].join('|'));

/** A panic that only says that something else was fatal: it belongs to the report before it and is no record of its own. */
// "Kernel panic - not syncing: Fatal exception in interrupt", "Kernel panic - not syncing: KASAN: panic_on_warn set ..."
export const consequentPanic =
	/^Kernel panic - not syncing: (?:Fatal exception|.*panic_on_\w+ set|kasan\.fault=|kmsan\.panic|.*system warned too often|softlockup: hung tasks|hung_task: blocked tasks|[Hh]ard LOCKUP|RCU Stall|Attempted to kill init|Attempted to kill the idle|corrupted stack end|workqueue: )/;
