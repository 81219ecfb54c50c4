/** A report's lines made into one record: kind, title, stacks, who and where. */

import type { Splat, Stack } from '../model/run.ts';
import { hashOf } from '../util/hash.ts';
import { harmless } from '../util/text.ts';
import { parseFrame, sourceName } from './frame.ts';
import { isGeneric, tellingFrames } from './generic-frames.ts';
import { type SplatFormat, splatFormats } from './splat-formats.ts';
import { readStacks } from './splat-stacks.ts';

/** Lines before the first stack, at most this many: the longest preamble is a page fault's, with 6. */
const headLines = 16;

const whoPatterns: readonly RegExp[] = [
	// "INFO: task umount:812 blocked for more than 122 seconds."
	/^INFO: task (?<comm>.+):(?<pid>\d+) (?:is )?blocked/m,
	// "BUG: soft lockup - CPU#1 stuck for 26s! [fio:812]"
	/soft lockup - CPU#(?<cpu>\d+) stuck .*\[(?<comm>.+):(?<pid>\d+)\]/,
	/hard LOCKUP on cpu (?<cpu>\d+)/,
	// "Write of size 8 at addr ffff88812c185200 by task kworker/u16:179/8137"
	/^(?:Read|Write|Free) (?:of|at) .* by task (?<comm>.+)\/(?<pid>\d+)$/m,
	// "write to 0xffff88810a0b0c00 of 8 bytes by task 81 on cpu 1:"
	/ bytes by task (?<pid>\d+) on cpu (?<cpu>\d+):/,
	// "CPU: 0 PID: 8137 Comm: kworker/u16:179 Kdump: loaded Not tainted 5.16.0", "CPU: 1 UID: 0 PID: 81 Comm: sh Tainted: G    B   6.12"
	/^CPU: (?<cpu>\d+) (?:UID: \d+ )?PID: (?<pid>\d+) Comm: (?<comm>.+?) (?:Kdump: loaded )?(?:Not tainted|Tainted:)/m,
	// "WARNING: CPU: 0 PID: 81 at fs/nfs/inode.c:123 nfs_foo+0x1/0x2"
	/^WARNING: CPU: (?<cpu>\d+) PID: (?<pid>\d+) at /m,
	// "WARNING: fs/nfs/inode.c:123 at nfs_foo+0x1/0x2, CPU#0: sh/81"
	/, CPU#(?<cpu>\d+): (?<comm>.+)\/(?<pid>\d+)$/m,
	// "  comm \"mount.nfs\", pid 812, jiffies 4294937511"
	/^ +comm "(?<comm>.*)", pid (?<pid>\d+),/m,
	// "sh/81 is trying to acquire lock:"
	/^(?<comm>.+)\/(?<pid>\d+) (?:is trying to|just changed|is freeing|is leaving|\[HC)/m,
	// "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 81, name: sh"
	/^in_atomic\(\): .*\bpid: (?<pid>\d+), name: (?<comm>.+)$/m,
	// "BUG: scheduling while atomic: sh/81/0x00000002"
	/^BUG: scheduling while atomic: (?<comm>.+)\/(?<pid>\d+)\/0x/m,
	// "rcu: \t1-....: (20999 ticks this GP)"
	/^(?:rcu: )?\t(?<cpu>\d+)-[.?!OoNn-]{4}:/m,
];

/** The first format of the table that fits a head line. */
export function formatOf(lines: readonly string[]): SplatFormat | undefined {
	const stack = lines.findIndex((line, index) => index > 0 && (/^Call Trace:/.test(line) || parseFrame(line)?.exact));
	const head = lines.slice(0, Math.min(stack < 0 ? headLines : stack, headLines));
	return splatFormats.find((format) => head.some((line) => format.begins.test(line)));
}

/** Makes the record of a whole (or cut short) report. `lines` are without prefixes; the first is its first line. */
export function makeSplat(lines: readonly string[], guestTime?: number): Splat | undefined {
	const format = formatOf(lines);
	if (!format) return undefined;
	const text = harmless(lines.join('\n')).trimEnd();
	const clean = text.split('\n');
	const facts = factsOf(format, clean, text);
	const stacks = readStacks(clean, format.role ?? 'call trace');
	const groups = format.skips ?? [];
	const frames = stacks[0]?.frames ?? [];
	const reliable = tellingFrames(frames, groups);
	// Of a running task's stack the unwinder may vouch for nothing; what it found is better than no name.
	const named =
		reliable.length > 0
			? reliable
			: tellingFrames(
					frames.map(({ unreliable: _, ...frame }) => frame),
					groups,
				);
	const telling = named.map((frame) => sourceName(frame.function));
	const at = facts.at === undefined || isGeneric(facts.at, groups) ? undefined : sourceName(facts.at);
	const title = fillTitle(format.title, { ...facts, in: at ?? telling[0] ?? facts.at ?? stacks[0]?.frames[0]?.function });
	const { task, cpu } = whoOf(text);
	return {
		kind: format.kind,
		title,
		fingerprint: hashOf(format.kind, title, ...telling.slice(0, 4)).slice(0, 12),
		isFailure: format.isFailure ?? true,
		stacks: stacks as Stack[],
		...(task && { task }),
		...(cpu !== undefined && { cpu }),
		...(guestTime !== undefined && { guestTime }),
		text,
	};
}

type Facts = Readonly<Record<string, string | undefined>>;

function factsOf(format: SplatFormat, lines: readonly string[], text: string): Facts {
	const facts: Record<string, string> = {};
	const take = (groups: Record<string, string | undefined> | undefined) => {
		for (const [name, value] of Object.entries(groups ?? {})) if (value !== undefined) facts[name] ??= value;
	};
	for (const line of lines.slice(0, headLines)) take(format.begins.exec(line)?.groups);
	for (const pattern of format.facts ?? []) take(pattern.exec(text)?.groups);
	return facts;
}

/** `KASAN: {what} {access} in {in}`; an unknown `in` takes its preposition with it. `{a|b}` is a, or else b. */
function fillTitle(template: string, facts: Facts): string {
	return template
		.replace(/( in )?\{([\w|]+)\}/g, (_, preposition: string | undefined, names: string) => {
			const value = names
				.split('|')
				.map((name) => facts[name])
				.find((text) => text !== undefined);
			return value === undefined ? '' : `${preposition ?? ''}${value}`;
		})
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, 240);
}

function whoOf(text: string): Pick<Splat, 'task' | 'cpu'> {
	let comm: string | undefined;
	let pid: string | undefined;
	let cpu: string | undefined;
	for (const pattern of whoPatterns) {
		const groups = pattern.exec(text)?.groups;
		if (!groups) continue;
		// A pid and a name go together: a later line may be about another task.
		if (groups.pid !== undefined && (pid === undefined || pid === groups.pid)) {
			pid = groups.pid;
			comm ??= groups.comm;
		}
		cpu ??= groups.cpu;
	}
	return {
		...((comm !== undefined || pid !== undefined) && { task: { comm: comm ?? '', ...(pid !== undefined && { pid: Number(pid) }) } }),
		...(cpu !== undefined && { cpu: Number(cpu) }),
	};
}
