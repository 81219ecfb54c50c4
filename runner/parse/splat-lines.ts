/** Which lines may stand inside a kernel report: what the kernel's print functions write there (6.1 and 6.12). */

import { parseFrame } from './frame.ts';

const shapes: readonly RegExp[] = [
	// "Call Trace:", " <TASK>", " </IRQ>", "Call Trace"
	/^\s*(?:Call Trace:|<\/?[#A-Z_ 0-9]+>$)/i,
	// "RIP: 0010:f+0x1/0x2", "RSP: 0018:ffff EFLAGS: 00010246", "RAX: ...", "CR2: ...", "Code: 0f 0b <48> ..."
	/^\s*(?:[RE]?[A-D]X|R[SBI]P|RSP|[RE]?[SD]I|R\d\d|[RE]IP|EFLAGS|[CDEFGS]S|CR\d|DR\d|PKRU|Code|FS|GS|knlGS|ORIG_RAX|CR2): /,
	/^(?:CPU|Hardware name|Workqueue|Modules linked in|Unloaded tainted modules|Tainted|Stopper|Sched_ext|Preemption disabled at|RBP|note|audit): ?/,
	// "Allocated by task 9139:", "freed by task 8191 on cpu 0 at 3.1s", "Last potentially related work creation:"
	/^(?:allocated|freed|rcu freeing) (?:by task|in )/i,
	/^(?:Last|Second to last) potentially related work creation:/,
	/^(?:Read|Write|Free) (?:of|at) /,
	/^(?:The buggy address|This frame has|Memory state around|page dumped because|page last (?:allocated|free)|page_owner |page has been)/,
	/^\s+(?:which belongs to|\S+-byte region|located |\[\d+, \d+\) ')/,
	// "page:00000000200db521 refcount:1", "page: refcount:1 mapcount:0", "head: order:3", "flags: 0x17ff(slab|head)", "raw: 0017ffffc0010200"
	/^(?:page|head|flags|raw|anon flags|aops|memcg|page_type|compound_mapcount): ?/,
	// ">ffff88812c185200: fb fb fb fb", "                    ^"
	/^[ >]?[0-9a-f]{16}: (?:[0-9a-f?]{2} ?)+/,
	/^\s+\^\s*$/,
	// "kfence-#12: 0x...-0x..., size=32, cache=kmalloc-32", "value changed: 0x1 -> 0x2", "write to 0xffff8881 of 8 bytes by task 81 on cpu 1:"
	/^(?:kfence-#\d+|value changed:| bits changed:|race at unknown origin|Reported by Kernel Concurrency| {2}\|| {2}\+-> reordered)/,
	/^(?:(?:read|write|read-write|assert no \w+)(?: \([\w, ]+\))? to 0x)/,
	/^(?:Use-after-free|Out-of-bounds|Corrupted memory|Invalid (?:free|read|write)) /,
	/^(?:Uninit was|Local variable|Bytes? \d+|Memory access of size|Data copied to)/,
	/^\(stack is not available\)/,
	/^={10,}$|^-{10,}$|^---\[ end /,
	// lockdep
	/ (?:is trying to|just changed the state of|is freeing memory|is leaving the kernel|still has locks) /,
	/^(?:but |and this task|and the lock|and interrupts|which |the existing|the shortest|the dependencies|other info|other lock|stack backtrace|context-\{|inconsistent \{|\.\.\. which became|to a [A-Z]+-irq| and [A-Z]+-irq)/,
	/^\{.*\} state was registered at:/,
	/^\s*-> ?(?:#\d+)? ?\(/,
	/\{[-+.?]{2,}\}-\{\d+:\d+\}/,
	/^\s+(?:CPU0|---- |----$|lock\(|rlock\(|sync\(|local_irq_disable|<Interrupt>|\*\*\* DEADLOCK|May be due to|Possible (?:unsafe|interrupt))/,
	/^(?:Chain exists of:|\s+\S.* --> )/,
	/^(?:no|\d+) locks? held by | ?#\d+: [0-9a-f]{8,16} |^Showing all locks held/,
	/^\s*(?:\.\.\. (?:key|acquired)\s+at:|\}|INITIAL |\S*IRQ\S* at:|in-\S+ at:|hardirqs |softirqs |irq event stamp)/,
	/^rcu_scheduler_active|^RCU used illegally|^RCU nest depth|^\S+:\d+ suspicious /,
	/^(?:in_atomic\(\)|preempt_count|locks_held|INFO: lockdep is turned off|The code is fine but|you didn't initialize|turning off the locking)/,
	// an oops
	/^(?:#PF: |PGD |IDT: |GDT: |Oops: |KASAN: |BAD$|CR2|Kernel Offset:|\[<)/,
	// stalls and lockups
	/^(?:rcu: |\t|NMI backtrace|Sending NMI|RCU grace-period|Stack dump where|Task dump|CPU#\d+ |Showing (?:busy|backtraces)|workqueue |pool \d+| {2}pwq | {4}(?:in-flight|pending|inactive):|task:|nmi_)/,
	// "      Not tainted 6.12.0 #1", "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message."
	/^\s+(?:Not tainted|Tainted:|\S+ is blocked)|^"echo 0 > |^INFO: task .* blocked on|^Future hung task/,
	// slub
	/^(?:Slab 0x|Object |Redzone |Padding |Bytes b4 |FIX |INFO: |CPU: |\[.* overwritten\])/,
	/^(?:Allocated|Freed) in \S+ age=/,
	// kmemleak
	/^\s+(?:comm "|hex dump|backtrace|[0-9a-f]{2}(?: [0-9a-f]{2}){3,})/,
	// "name failslab, interval 1, probability 0, space 0, times 0"
	/^name [\w-]+, interval \d+/,
	/^(?:kernel BUG at|WARNING: CPU|last function:| {5}last function:|Rebooting in)/,
];

/** Whether the line has the shape of one inside a report. */
export function isReportLine(text: string): boolean {
	return parseFrame(text) !== undefined || shapes.some((shape) => shape.test(text));
}

/** Registers that x86 prints once more after the end trace of an oops. */
// "RIP: 0010:f+0x1/0x2", "CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033", "PKRU: 55555554"
export function isAfterOops(text: string): boolean {
	return /^(?:R[A-DSI][XPI]|RBP|R\d\d|Code|[CDEFG]S|CR2|DR\d|PKRU|note|Kernel Offset): ?/.test(text);
}
