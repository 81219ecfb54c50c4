/** Who did what when in a race, as rows in columns by task: from the holds that were played, a splat's stacks, and trace events. Pure. */

import type { Diagram, RaceStep, DiagramRow as Row } from '../model/race.ts';
import type { Frame, Splat, Stack } from '../model/run.ts';
import { sourceName } from '../parse/frame.ts';
import { syncMark } from './guest.ts';
import { parsePoint } from './point.ts';
import type { TraceEvent } from './trace-events.ts';

export interface DiagramInput {
	/** As played, with the guest's time of each in ms since the mark of the trace; none without a schedule. */
	readonly steps: readonly RaceStep[];
	readonly guestMs: readonly (number | undefined)[];
	readonly splat?: Splat | undefined;
	readonly trace: readonly TraceEvent[];
}

/** What trace_pipe prints for a task that it has not seen being scheduled. */
const unknownTask = '<...>';

const most = { frames: 8, traceRows: 14, bystanders: 2 } as const;

interface Column {
	readonly task: string;
	readonly pid?: number | undefined;
	readonly cpu?: number | undefined;
}

/** A stack of the splat, outermost call first, and how much of it was drawn. */
interface Chain {
	readonly column: Column;
	readonly calls: readonly string[];
	readonly fact: string;
	drawn: number;
}

interface Entry {
	readonly atMs: number;
	readonly column: Column;
	readonly rows: readonly Omit<Row, 'column'>[];
}

/** Steps with the guest's own time in them, the clock of console and trace; as they are where no mark in the trace tells its zero. */
export function stepsOnGuestClock({ steps, guestMs, trace }: Omit<DiagramInput, 'splat'>): RaceStep[] {
	const zero = trace.find(({ text }) => text === syncMark)?.seconds;
	return steps.map((step, index) => {
		const ms = guestMs[index];
		return zero === undefined || ms === undefined ? step : { ...step, guestMs: zero * 1000 + ms };
	});
}

/** Empty when neither a step came nor a splat has stacks. */
export function drawRace(input: DiagramInput): Diagram {
	const { steps, splat, trace } = input;
	const zeroMs = (trace.find(({ text }) => text === syncMark)?.seconds ?? 0) * 1000;
	const nameOf = (pid: number | undefined) =>
		pid === undefined ? undefined : trace.find((event) => event.pid === pid && event.task !== unknownTask)?.task;
	const entries: Entry[] = [];
	const add = (atMs: number, column: Column, ...rows: readonly Omit<Row, 'column'>[]) => {
		if (rows.length > 0) entries.push({ atMs, column, rows });
	};
	const calls = (chain: Chain, upTo: number) => {
		const rows = chain.calls.slice(chain.drawn, upTo).map((text, at) => ({ depth: chain.drawn + at, kind: 'call' as const, text }));
		chain.drawn = Math.max(chain.drawn, upTo);
		return rows;
	};

	const chains = splat ? chainsOf(splat, nameOf) : [];
	const [allocated, freed, access] = ['allocated', 'freed', 'access'].map((role) => chains.find((chain) => chain.role === role)?.chain);
	const splatMs = splat?.guestTime === undefined ? Number.POSITIVE_INFINITY : splat.guestTime * 1000 - zeroMs;
	if (allocated) add(Number.NEGATIVE_INFINITY, allocated.column, ...calls(allocated, allocated.calls.length), factRow(allocated));

	/** A task that is held does nothing: the clocks of both sides differ by some ms. */
	const holds: { column: Column; fromMs: number; toMs: number }[] = [];
	/** When the rest of a chain runs: as the last hold in it ends. */
	const resumedMs = new Map<Chain, number>();
	const began = steps
		.map((step, index) => ({ step, atMs: input.guestMs[index] ?? step.beganMs ?? 0 }))
		.filter(({ step }) => step.beganMs !== undefined)
		.sort((a, b) => a.atMs - b.atMs);
	for (const { step, atMs } of began) {
		if (step.leap !== undefined) add(atMs, { task: step.task ?? 'time' }, { depth: 0, kind: 'fact', text: `${step.leap} s pass` });
		if (step.task === undefined) continue;
		const column = { task: step.task, cpu: step.cpu };
		const point = parsePoint(step.when);
		const name = functionOf(step.when);
		if (name === undefined) {
			add(atMs, column, { depth: 0, kind: 'fact', text: step.when });
			continue;
		}
		const chain = [access, freed].find((one) => one && isSame(one.column, column) && one.calls.some((call) => isCall(call, name)));
		const rows: Omit<Row, 'column'>[] = chain ? calls(chain, chain.calls.findLastIndex((call) => isCall(call, name)) + 1) : [];
		if (rows.length === 0) rows.push({ depth: chain ? chain.drawn : 0, kind: 'call', text: isLeave(point) ? `${name} returns` : name });
		if (step.hold !== undefined) {
			const forMs = (step.endedMs ?? 0) - (step.beganMs ?? 0);
			const until = step.releasedBy === undefined ? '' : ` until ${step.releasedBy}`;
			rows.push({ depth: rows.at(-1)?.depth ?? 0, kind: 'hold', text: `held ${Math.round(forMs)} ms${until}` });
			holds.push({ column, fromMs: atMs, toMs: atMs + forMs });
			if (chain) resumedMs.set(chain, atMs + forMs);
		}
		add(atMs, column, ...rows);
	}

	// What ended a hold, unless it is a step of its own.
	for (const { step, atMs } of began) {
		const { releaser, releasedBy = '', endedMs = 0, beganMs = 0 } = step;
		if (!releaser || steps.some(({ when }) => when === releasedBy)) continue;
		const name = functionOf(releasedBy);
		const text = name === undefined ? releasedBy : isLeave(parsePoint(releasedBy)) ? `${name} returns` : name;
		const isDrawn = freed && isSame(freed.column, releaser) && freed.calls.some((call) => isCall(call, name ?? ''));
		if (!isDrawn) add(atMs + endedMs - beganMs - 0.002, releaser, { depth: 0, kind: name === undefined ? 'fact' : 'call', text });
	}

	const accessMs = access ? (resumedMs.get(access) ?? splatMs) : splatMs;
	// What was freed was freed before it was used, while the one who used it was held, and not while its own task was.
	if (freed) {
		const lastHold = (of: Column) => holds.findLast(({ column }) => isSame(column, of));
		const freeMs = Math.max(
			lastHold(freed.column)?.toMs ?? Number.NEGATIVE_INFINITY,
			(access && lastHold(access.column)?.fromMs) ?? Number.NEGATIVE_INFINITY,
		);
		const atMs = Number.isFinite(freeMs) ? Math.min(freeMs + 0.001, accessMs) : accessMs - 0.001;
		add(atMs, freed.column, ...calls(freed, freed.calls.length), factRow(freed));
	}
	if (access) add(accessMs, access.column, ...calls(access, access.calls.length));
	if (splat)
		add(splatMs, access?.column ?? { task: splat.task?.comm ?? '?', pid: splat.task?.pid, cpu: splat.cpu }, {
			depth: access?.calls.length ?? 0,
			kind: 'splat',
			text: splat.title,
		});

	const known = mergeColumns(entries.map(({ column }) => column));
	// It takes two to race: who else was seen last before a report that tells of one task only.
	const isAlone = splat !== undefined && known.length < 2;
	const columns = isAlone ? [...known, ...bystanders(trace, known, (event) => event.seconds * 1000 - zeroMs <= splatMs)] : known;
	const fromMs = began[0]?.atMs ?? Number.NEGATIVE_INFINITY;
	for (const { event, times } of condense(trace, columns)) {
		const sentMs = event.seconds * 1000 - zeroMs;
		const held = holds.find(({ column, fromMs, toMs }) => isSame(column, event) && sentMs >= fromMs && sentMs <= toMs);
		const atMs = held ? held.toMs + 0.001 : sentMs;
		if (atMs < fromMs || atMs > splatMs || event.text === syncMark) continue;
		add(
			atMs,
			{ task: event.task, pid: event.pid },
			{ depth: 0, kind: 'trace', text: `${event.name}: ${event.text}${times > 1 ? ` (${times} times)` : ''}` },
		);
	}
	return layOut(entries, columns);
}

function functionOf(sentence: string): string | undefined {
	const point = parsePoint(sentence);
	return typeof point !== 'string' && 'place' in point ? point.place.function : undefined;
}

/** The stack may show the inline function around the one with a symbol: fscache_relinquish_volume calls __fscache_relinquish_volume. */
function isCall(call: string, name: string): boolean {
	return call.replace(/^_+/, '') === sourceName(name).replace(/^_+/, '');
}

function isLeave(point: ReturnType<typeof parsePoint>): boolean {
	return typeof point !== 'string' && point.kind === 'leave';
}

function factRow({ calls, fact }: Chain): Omit<Row, 'column'> {
	return { depth: calls.length, kind: 'fact', text: fact };
}

function chainsOf(splat: Splat, nameOf: (pid: number | undefined) => string | undefined): { role: string; chain: Chain }[] {
	const titles: Readonly<Record<string, string>> = { access: '', allocated: 'allocated', freed: 'freed' };
	const isAccess = splat.stacks.some(({ role }) => role === 'access');
	// Where nothing was accessed that is worth a word, the report's own stack is that of a call that went wrong.
	const stacks = isAccess
		? splat.stacks
		: splat.stacks.map((stack) => (stack.role === 'call trace' ? { ...stack, role: 'access' } : stack));
	return stacks.flatMap((stack) => {
		const fact = titles[stack.role];
		const calls = fact === undefined ? [] : callsOf(stack);
		if (fact === undefined || calls.length === 0) return [];
		// "task 113"
		const [, number] = /^task (\d+)$/.exec(stack.note ?? '') ?? [];
		const pid = stack.role === 'access' ? splat.task?.pid : number === undefined ? undefined : Number(number);
		const task = (stack.role === 'access' ? splat.task?.comm : nameOf(pid)) ?? `task ${pid ?? '?'}`;
		const cpu = stack.role === 'access' ? splat.cpu : undefined;
		return [{ role: stack.role, chain: { column: { task, pid, cpu }, calls, fact, drawn: 0 } }];
	});
}

/** The calls that tell, outermost first: what modules did, and who called them; without modules the innermost ones. */
function callsOf(stack: Stack): string[] {
	const frames = stack.frames.filter((frame) => !frame.unreliable);
	const ours = (frame: Frame) => frame.module !== undefined;
	const first = frames.findIndex(ours);
	const last = frames.findLastIndex(ours);
	const telling = first < 0 ? frames.slice(0, most.frames) : frames.slice(first, last + 2);
	const names = telling.map((frame) => sourceName(frame.function)).filter((name, at, all) => name !== all[at - 1]);
	const shown = names.length > most.frames ? [...names.slice(0, most.frames - 1), '...', names.at(-1) ?? ''] : names;
	return shown.reverse();
}

/** One task: its pid is equal, or where one side knows none, its name and no other CPU. */
function isSame(a: Column, b: Column): boolean {
	if (a.pid !== undefined && b.pid !== undefined) return a.pid === b.pid;
	return a.task === b.task && (a.cpu === undefined || b.cpu === undefined || a.cpu === b.cpu);
}

function mergeColumns(all: readonly Column[]): Column[] {
	const columns: Column[] = [];
	for (const one of all) {
		const at = columns.findIndex((column) => isSame(column, one));
		if (at < 0) columns.push(one);
		else columns[at] = { task: one.task, pid: columns[at]?.pid ?? one.pid, cpu: columns[at]?.cpu ?? one.cpu };
	}
	return columns;
}

/** The tasks without a column whose events are the last that fit. */
function bystanders(trace: readonly TraceEvent[], columns: readonly Column[], fits: (event: TraceEvent) => boolean): Column[] {
	const found: Column[] = [];
	for (const { task, pid, text } of trace.filter(fits).toReversed()) {
		if (text === syncMark || [...columns, ...found].some((column) => isSame(column, { task, pid }))) continue;
		found.push({ task, pid });
		if (found.length === most.bystanders) break;
	}
	return found;
}

/** The last events of the tasks that have columns; the same one again and again is told once. */
function condense(trace: readonly TraceEvent[], columns: readonly Column[]): { event: TraceEvent; times: number }[] {
	const told: { event: TraceEvent; times: number }[] = [];
	for (const event of trace) {
		if (!columns.some((column) => isSame(column, { task: event.task, pid: event.pid }))) continue;
		const before = told.at(-1);
		if (before && before.event.name === event.name && before.event.pid === event.pid)
			told[told.length - 1] = { event: before.event, times: before.times + 1 };
		else told.push({ event, times: 1 });
	}
	return told.slice(-most.traceRows);
}

function layOut(entries: readonly Entry[], columns: readonly Column[]): Diagram {
	const sorted = entries.map((entry, index) => ({ entry, index })).sort((a, b) => a.entry.atMs - b.entry.atMs || a.index - b.index);
	// In the order in which they appear.
	const order: number[] = [];
	const depths = new Map<number, number>();
	const rows = sorted.flatMap(({ entry }) => {
		const found = columns.findIndex((column) => isSame(column, entry.column));
		if (!order.includes(found)) order.push(found);
		const column = order.indexOf(found);
		return entry.rows.map((row): Row => {
			const depth = row.kind === 'trace' ? (depths.get(found) ?? 0) : row.depth;
			if (row.kind === 'call') depths.set(found, depth + 1);
			return { ...row, column, depth };
		});
	});
	const title = ({ task, cpu }: Column) => (cpu === undefined ? task : `${task} (CPU ${cpu})`);
	return { columns: order.map((at) => title(columns[at] ?? { task: '?' })), rows };
}
