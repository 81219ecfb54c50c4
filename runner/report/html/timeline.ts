/** What happened when, as lanes of marks on one clock; timeline.js draws them, zooms and tells what a mark is. */

import type { Attempt, Run, Status } from '../../model/run.ts';
import { formatDuration } from '../../util/text.ts';
import { oneLine } from '../harmless-run.ts';
import { columnOf } from '../matrix.ts';

/** Seconds from, seconds to, a color of the page (`FAIL`, `dim`), what it says, and where it leads. */
export type Mark = readonly [from: number, to: number, color: Status | 'chart' | 'dim' | 'ink', text: string, href?: string];

export interface Timeline {
	/** What zero is. */
	readonly clock: string;
	readonly lanes: readonly { readonly name: string; readonly marks: readonly Mark[] }[];
}

/** What an attempt left beside its record: whole texts, or their ends. */
export interface AttemptTexts {
	readonly console: string;
	readonly trace: string;
}

// Nobody looks at more, and a page holds many such timelines.
const most = { lines: 1500, chars: 160, lanes: 16 } as const;

// "[    5.634640][   T77] EXT4-fs (vda): mounted filesystem"
const consoleLine = /^(?:<\d+>)?\[ *(\d+\.\d+)\](?:\[[^\]]*\])? ?(.*)$/;
// "crucible: fault stall (disk_slow) armed", "crucible: fault stall (disk_slow) disarmed, fired 3": fault.sh and fault-case.ts mark them so
const faultLine = /^crucible: fault (\S+) \((\S+)\) (armed|disarmed)(?:, fired (\d+))?/;
// "        protocol-90      [000] .....     5.545513: fscache_cache: C=00000001 GET acq   r=2"
const traceLine = /^ *(.{1,64}?-\d+) +(?:\( *[\d-]+\) +)?\[(\d{3,4})\] +(?:\S+ +)?(\d+\.\d+): (.*)$/;

/** The run's phases and attempts on the clock of the run; cases side by side get lanes of their own. Nothing for runs that kept no times. */
export function runTimeline(run: Run, hrefOf: (job: string, name: string) => string): Timeline | undefined {
	const attempts = run.jobs.flatMap((job) =>
		job.cases.flatMap((result) =>
			result.attempts.flatMap((attempt, at): Mark[] => {
				if (attempt.startedMs === undefined) return [];
				const lasted = attempt.times ? Object.values(attempt.times).reduce((sum, ms) => sum + ms, 0) : attempt.durationMs;
				const nth = result.attempts.length > 1 ? `, attempt ${at + 1}` : '';
				const text = `${attempt.status} ${result.suite}/${result.case} ${columnOf(job)}${nth}, ${formatDuration(lasted)}`;
				return [[attempt.startedMs / 1000, (attempt.startedMs + lasted) / 1000, attempt.status, short(text), hrefOf(job.id, result.case)]];
			}),
		),
	);
	if (attempts.length === 0) return undefined;
	const phases = run.phases.map(
		({ name, startedMs, durationMs }): Mark => [
			startedMs / 1000,
			(startedMs + durationMs) / 1000,
			'chart',
			short(`${name}, ${formatDuration(durationMs)}`),
		],
	);
	return {
		clock: 'seconds since the run began',
		lanes: [
			...packed(phases).map((marks, at) => ({ name: at === 0 ? 'phases' : '', marks })),
			...packed(attempts).map((marks, at) => ({ name: at === 0 ? 'cases' : '', marks })),
		],
	};
}

/** An attempt on the clock of its guest: kernel reports, holds, faults, trace events, console. Nothing when none of them has a time. */
export function attemptTimeline(attempt: Attempt, { console, trace }: AttemptTexts): Timeline | undefined {
	const splats = attempt.splats.flatMap(({ guestTime, isFailure, title }): Mark[] =>
		guestTime === undefined ? [] : [[guestTime, guestTime, isFailure ? 'FAIL' : 'INCONCLUSIVE', short(title)]],
	);
	const steps = (attempt.race?.steps ?? []).flatMap((step): { mark: Mark; isHold: boolean }[] => {
		if (step.guestMs === undefined) return [];
		const lasted = step.hold === undefined ? 0 : Math.max(0, (step.endedMs ?? 0) - (step.beganMs ?? step.endedMs ?? 0));
		const end = step.releasedBy === undefined ? '' : `, until ${step.releasedBy}`;
		const held = step.hold === undefined ? '' : `; held ${step.hold} for ${formatDuration(lasted)}${end}`;
		const text = `${step.task ?? ''}${step.cpu === undefined ? '' : ` (CPU ${step.cpu})`} ${step.when}${held}`;
		const color = step.outcome === 'kept' ? 'INCONCLUSIVE' : 'ERROR';
		return [{ mark: [step.guestMs / 1000, (step.guestMs + lasted) / 1000, color, short(text)], isHold: step.hold !== undefined }];
	});
	const events = trace.split(/\r?\n/).flatMap((line) => {
		const [, task, cpu, at, what = ''] = traceLine.exec(line) ?? [];
		return at === undefined ? [] : [{ cpu, mark: [Number(at), Number(at), colorOf(what), short(`${task}: ${what}`)] as Mark }];
	});
	const lines = console.split(/\r?\n/).flatMap((line): Mark[] => {
		const [, at, what = ''] = consoleLine.exec(line) ?? [];
		return at === undefined ? [] : [[Number(at), Number(at), 'dim', short(what)]];
	});
	const cpus = [...new Set(events.map(({ cpu }) => cpu))].sort();
	const errors = events.filter(({ mark }) => mark[2] === 'ERROR').map(({ mark }) => mark);
	const lanes = [
		{ name: 'reports', marks: splats },
		{ name: 'holds', marks: steps.filter(({ isHold }) => isHold).map(({ mark }) => mark) },
		{ name: 'steps', marks: steps.filter(({ isHold }) => !isHold).map(({ mark }) => mark) },
		...packed(faultsOf(lines)).map((marks, at) => ({ name: at === 0 ? 'faults' : '', marks })),
		{ name: 'errors', marks: errors },
		...cpus.map((cpu) => ({
			name: `trace CPU ${Number(cpu)}`,
			marks: events
				.filter((event) => event.cpu === cpu)
				.map(({ mark }) => mark)
				.slice(-most.lines),
		})),
		{ name: 'console', marks: lines.slice(-most.lines) },
	].filter(({ marks }) => marks.length > 0);
	return lanes.length === 0 ? undefined : { clock: 'seconds of guest time', lanes };
}

/** From where a fault was armed to where it was disarmed; one that never was lasts to the end of the console. */
function faultsOf(console: readonly Mark[]): Mark[] {
	const armed = new Map<string, number>();
	const mark = (name: string, from: number, to: number, how: string): Mark => [from, to, 'ERROR', short(`${name}${how}`)];
	const ended = console.flatMap(([at, , , text]): Mark[] => {
		const [, name = '', kind = '', what, fired] = faultLine.exec(text) ?? [];
		const full = `${name} (${kind.replaceAll('_', '-')})`;
		const from = armed.get(full);
		if (what === 'armed') armed.set(full, at);
		if (what !== 'disarmed' || from === undefined) return [];
		armed.delete(full);
		return [mark(full, from, at, `, fired ${fired ?? '?'}`)];
	});
	const last = console.at(-1)?.[1] ?? 0;
	return [...ended, ...[...armed].map(([name, from]) => mark(name, from, last, ', never disarmed'))];
}

/** Events in which the kernel itself says that something failed: `cachefiles_io_error`, `cachefiles_vfs_error`, `netfs_failure`. */
function colorOf(event: string): 'ERROR' | 'ink' {
	return /^\w*(error|failure)\b/.test(event) ? 'ERROR' : 'ink';
}

/** Marks that overlap, on lanes of their own: as few as there were at once; beyond `most.lanes` the last one has them all. */
function packed(marks: readonly Mark[]): Mark[][] {
	const lanes: { end: number; marks: Mark[] }[] = [];
	for (const mark of [...marks].sort((a, b) => a[0] - b[0])) {
		const free = lanes.find(({ end }) => end <= mark[0] + 0.001);
		if (free) {
			free.marks.push(mark);
			free.end = mark[1];
		} else if (lanes.length < most.lanes) lanes.push({ end: mark[1], marks: [mark] });
		else lanes.at(-1)?.marks.push(mark);
	}
	return lanes.map((lane) => lane.marks);
}

function short(hostile: string): string {
	const text = oneLine(hostile);
	return text.length <= most.chars ? text : `${text.slice(0, most.chars - 1)}\u2026`;
}
