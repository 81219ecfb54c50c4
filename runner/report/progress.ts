/** What a run is doing at this moment, folded from its events, and that on one line. */

import type { Event, PlannedJob } from '../model/event.ts';
import type { Status } from '../model/run.ts';
import { count, formatDuration } from '../util/text.ts';
import { oneLine } from './harmless-run.ts';
import { statusesBySeverity } from './severity.ts';

interface RunningCase {
	readonly job: string;
	readonly case: string;
	readonly attempt: number;
	readonly startedMs: number;
}

export interface Progress {
	readonly plan: ReadonlyMap<string, PlannedJob>;
	readonly planned: number;
	readonly phases: ReadonlyMap<string, { readonly startedMs: number; readonly detail?: string; readonly fraction?: number | undefined }>;
	readonly running: readonly RunningCase[];
	readonly ended: Readonly<Partial<Record<Status, number>>>;
}

export const idle: Progress = { plan: new Map(), planned: 0, phases: new Map(), running: [], ended: {} };

function withPlan(progress: Progress, plan: Progress['plan']): Progress {
	return { ...progress, plan, planned: [...plan.values()].reduce((sum, job) => sum + job.cases.length, 0) };
}

/** The state after one more event. */
export function advance(progress: Progress, event: Event): Progress {
	const without = (job: string, name: string) => progress.running.filter((one) => one.job !== job || one.case !== name);
	switch (event.type) {
		case 'run-started':
			return withPlan(progress, new Map(event.plan.map((job) => [job.id, job])));
		case 'job-swept': {
			const job = progress.plan.get(event.job);
			return job ? withPlan(progress, new Map([...progress.plan, [event.job, { ...job, cases: event.cases }]])) : progress;
		}
		case 'phase-started':
			return { ...progress, phases: new Map([...progress.phases, [event.phase, { startedMs: event.atMs }]]) };
		case 'phase-progress': {
			const startedMs = progress.phases.get(event.phase)?.startedMs ?? event.atMs;
			const { detail, fraction } = event;
			return { ...progress, phases: new Map([...progress.phases, [event.phase, { startedMs, detail, fraction }]]) };
		}
		case 'phase-ended':
			return { ...progress, phases: new Map([...progress.phases].filter(([name]) => name !== event.phase)) };
		case 'case-started': {
			const { job, attempt } = event;
			return { ...progress, running: [...without(job, event.case), { job, case: event.case, attempt, startedMs: event.atMs }] };
		}
		case 'case-ended': {
			const { status } = event.result;
			const ended = { ...progress.ended, [status]: (progress.ended[status] ?? 0) + 1 };
			return { ...progress, ended, running: without(event.job, event.result.case) };
		}
		case 'job-failed':
		case 'job-ended':
			return { ...progress, running: progress.running.filter((one) => one.job !== event.job) };
		default:
			return progress;
	}
}

/** `1:07`, `1:02:09`. */
export function clock(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const two = (n: number) => String(n).padStart(2, '0');
	const hours = Math.floor(seconds / 3600);
	const minutes = Math.floor(seconds / 60) % 60;
	return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A case with its suite, and the kernel it runs on where the plan has several. */
export function nameOfCase(progress: Progress, job: string, name: string): { path: string; kernel: string } {
	const planned = progress.plan.get(job);
	if (!planned) return { path: oneLine(`${job}/${name}`), kernel: '' };
	return { path: oneLine(`${planned.suite}/${name}`), kernel: oneLine(`${planned.kernelSpec} ${planned.config}`) };
}

/** `nfs-fsc/v3-warm-read on debian:6.12 kasan 12 s`; the longest running one speaks for the others. */
function casePart(progress: Progress, atMs: number): string | undefined {
	const [oldest, ...others] = progress.running;
	if (!oldest) return undefined;
	const { path, kernel } = nameOfCase(progress, oldest.job, oldest.case);
	const again = oldest.attempt > 1 ? ` attempt ${oldest.attempt}` : '';
	const rest = others.length > 0 ? ` +${others.length} more` : '';
	return `${path}${kernel && ` on ${kernel}`}${again} ${elapsed(atMs - oldest.startedMs)}${rest}`;
}

function countPart(progress: Progress): string | undefined {
	const done = Object.values(progress.ended).reduce((sum, n) => sum + n, 0);
	if (done === 0 && progress.running.length === 0) return undefined;
	const bad = statusesBySeverity
		.filter((status) => status !== 'PASS' && progress.ended[status])
		.map((status) => `${progress.ended[status]} ${status}`);
	return [`${done}/${count(progress.planned, 'case')}`, ...bad].join(', ');
}

/** Phases, running cases and counts, without the elapsed time of the run; empty when nothing goes on. */
export function activity(progress: Progress, atMs: number): string {
	const running = casePart(progress, atMs);
	// A phase without details around running cases (`job ...`) says nothing that they do not say better.
	const telling = [...progress.phases].filter(([, { detail }]) => running === undefined || detail !== undefined);
	const phases = telling.map(([name, { startedMs, detail, fraction }]) =>
		[
			oneLine(name),
			elapsed(atMs - startedMs),
			fraction === undefined ? undefined : `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)} %`,
			detail === undefined ? undefined : oneLine(detail),
		]
			.filter((part) => part !== undefined)
			.join('  '),
	);
	return [running, countPart(progress), ...phases].filter((part) => part !== undefined && part !== '').join('  |  ');
}

/** `7 s`, `3 min 07 s`: whole seconds, because tenths would flicker. */
function elapsed(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}
