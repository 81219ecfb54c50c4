/** The stacks inside a report, each with its role. */

import type { Frame, Stack } from '../model/run.ts';
import { parseFrame } from './frame.ts';

interface Heading {
	readonly begins: RegExp;
	/** `$1` is the first group; an empty role ends the stack before it: what follows is no call chain. */
	readonly role: string;
	readonly note?: string;
}

/** The report's own stack. */
const own = '(own)';

const headings: readonly Heading[] = [
	{ begins: /^Allocated by (task \d+)/i, role: 'allocated', note: '$1' },
	{ begins: /^Freed by (task \d+)/i, role: 'freed', note: '$1' },
	{ begins: /^rcu freeing by (task \d+)/i, role: 'freed', note: '$1, by RCU' },
	// slub_debug: "Allocated in nfs_alloc_inode+0x1/0x2 age=12 cpu=0 pid=81"
	{ begins: /^Allocated in .*(pid=\d+)/, role: 'allocated', note: '$1' },
	{ begins: /^Freed in .*(pid=\d+)/, role: 'freed', note: '$1' },
	{ begins: /^Last potentially related work creation:/, role: 'last work' },
	{ begins: /^Second to last potentially related work creation:/, role: 'second to last work' },
	// KCSAN: "write to 0xffff88810a0b0c00 of 8 bytes by task 81 on cpu 1:"; the first is ours, the second the other task's
	{ begins: /^(?:race at unknown origin, with )?((?:read|write|read-write|assert no \w+)\b.* to 0x.*) ?:$/, role: 'kcsan', note: '$1' },
	{ begins: /^Uninit was stored to memory at:/, role: 'stored' },
	{ begins: /^(?:Uninit was created at:|Local variable .* created at:)/, role: 'created' },
	// lockdep: "-> #1 (&volume->lock){+.+.}-{3:3}:"
	{ begins: /^-> #(\d+) (\(.*\)).*:$/, role: 'chain #$1', note: '$2' },
	{ begins: /^(\{.*\}) state was registered at:/, role: 'registered', note: '$1' },
	{ begins: /^\.\.\. which became (.*) at:/, role: 'became $1' },
	{ begins: /^\s*\.\.\. acquired at:/, role: 'acquired' },
	// " HARDIRQ-ON-W at:", " INITIAL USE at:"
	{ begins: /^\s*((?:IN-)?(?:HARDIRQ|SOFTIRQ|INITIAL)[\w -]*) at:/, role: 'usage', note: '$1' },
	{ begins: /^(?:stack backtrace:|Call Trace:)/, role: own },
	{ begins: /^Preemption disabled at:/, role: 'preemption disabled' },
	{ begins: /^(?:rcu: )?RCU grace-period kthread stack dump:/, role: 'grace-period kthread' },
	{ begins: /^NMI backtrace for (cpu \d+)/, role: '$1' },
	{ begins: /^Task dump for CPU (\d+):/, role: 'cpu $1' },
	{ begins: /^\s+backtrace(?: \(crc [0-9a-f]+\))?:/, role: own },
	{ begins: /^Kernel panic - not syncing/, role: 'panic' },
	{
		begins: /^(?:---\[ end |The buggy address belongs to the variable|Showing all locks|Memory state around|.*is trying to release lock)/,
		role: '',
	},
];

/** Reads the stacks of a report's lines; `ownRole` names the report's own, which comes first. `at` lines before any heading belong to it. */
export function readStacks(lines: readonly string[], ownRole: string): Stack[] {
	const stacks: { role: string; note?: string; frames: Frame[] }[] = [];
	let current: (typeof stacks)[number] | undefined;
	let isClosed = false;
	let kcsan = 0;
	let pendingRole: string | undefined;
	const open = (role: string, note?: string) => {
		current = { role, frames: [], ...(note !== undefined && { note }) };
		stacks.push(current);
		isClosed = false;
	};
	for (const line of lines) {
		const frame = parseFrame(line);
		if (frame) {
			if (isClosed) continue;
			if (!current) open(ownRole);
			current?.frames.push(frame);
			continue;
		}
		// "Workqueue: fscache fscache_cookie_worker [fscache]" tells whose stack comes next.
		if (line.startsWith('Workqueue: ') && !stacks.some((stack) => stack.note === line)) {
			if (!current || current.frames.length > 0 || current.role !== ownRole) open(ownRole, line);
			else current.note ??= line;
			continue;
		}
		for (const heading of headings) {
			const match = heading.begins.exec(line);
			if (!match) continue;
			const fill = (text: string) => text.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
			let role = fill(heading.role);
			if (role === '') {
				isClosed = true;
				break;
			}
			if (role === 'kcsan') role = kcsan++ === 0 ? ownRole : 'other task';
			if (role === own) {
				role = pendingRole ?? ownRole;
				// A stack opened by its registers, its workqueue or "stack backtrace:" goes on with the frames after "Call Trace:".
				const isContinued = current && !isClosed && current.frames.every((frame) => frame.exact);
				if (isContinued) break;
				open(role);
				break;
			}
			pendingRole = role === 'panic' ? role : undefined;
			open(role, heading.note && fill(heading.note));
			break;
		}
	}
	const filled = stacks.filter((stack) => stack.frames.length > 0);
	const first = filled.findIndex((stack) => stack.role === ownRole);
	return first > 0 ? [...filled.slice(first, first + 1), ...filled.slice(0, first), ...filled.slice(first + 1)] : filled;
}
