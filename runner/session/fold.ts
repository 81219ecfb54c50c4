/** run.json is the fold of the journal: pure, so that a killed run, a finished run and a resumed run read the same way. */

import { settingTable } from '../config/settings.ts';
import type { Event, PlannedJob } from '../model/event.ts';
import { type Recipe, recipeWords } from '../model/recipe.ts';
import { type Attempt, type CaseResult, exitCodes, type JobResult, type PhaseTime, type Run, type Status, statuses } from '../model/run.ts';
import { settle } from '../suite/settle.ts';
import { shellQuote } from '../util/text.ts';
import type { Job } from './plan.ts';

/** A run as far as its events have told it. It holds results, never events: what a case says on its way is in the journal. */
export interface RunFold {
	readonly add: (event: Event) => void;
	/** The run as it stands; what never ran is a MISS. */
	readonly run: () => Run;
	/** The jobs as they were planned, before a sweep made others of their cases. */
	readonly plan: () => readonly PlannedJob[];
	/** Whether the run has ended by itself. */
	readonly isComplete: () => boolean;
	/** The run's clock at its last event; undefined before the first. */
	readonly lastMs: () => number | undefined;
}

export function createFold(): RunFold {
	const started = new Map<string, Extract<Event, { type: 'job-started' }>>();
	const problems = new Map<string, Extract<Event, { type: 'job-failed' }>>();
	const swept = new Map<string, PlannedJob['cases']>();
	const durations = new Map<string, number>();
	const results = new Map<string, CaseResult>();
	/** When the attempts of a case that has not ended began. */
	const begun = new Map<string, number[]>();
	/** What those of them came to that ended. */
	const tried = new Map<string, readonly Attempt[]>();
	const phases: PhaseTime[] = [];
	const notes = new Set<string>();
	let first: Extract<Event, { type: 'run-started' }> | undefined;
	let end: Extract<Event, { type: 'run-ended' }> | undefined;
	let lastMs: number | undefined;
	return {
		add(event) {
			if (!first && event.type !== 'run-started') throw new Error('a journal begins with run-started');
			lastMs = event.atMs;
			if (event.type === 'run-started') first ??= event;
			else if (event.type === 'job-started') {
				started.set(event.job, event);
				problems.delete(event.job);
			} else if (event.type === 'job-failed') problems.set(event.job, event);
			else if (event.type === 'job-swept') swept.set(event.job, event.cases);
			else if (event.type === 'job-ended') durations.set(event.job, (durations.get(event.job) ?? 0) + event.durationMs);
			else if (event.type === 'case-started') {
				const key = `${event.job}/${event.case}`;
				// A resumed run goes on behind those that there were.
				if (event.attempt === 1) tried.delete(key);
				else if (!tried.has(key)) tried.set(key, results.get(key)?.attempts ?? []);
				const times = event.attempt === 1 ? [] : (begun.get(key) ?? []);
				times[event.attempt - 1] = event.atMs;
				begun.set(key, times);
			} else if (event.type === 'attempt-ended') {
				const key = `${event.job}/${event.case}`;
				const attempts = tried.get(key) ?? [];
				tried.set(key, [...attempts, since(begun.get(key)?.[attempts.length], event.attempt)]);
			} else if (event.type === 'case-ended') {
				const key = `${event.job}/${event.result.case}`;
				const times = begun.get(key) ?? [];
				begun.delete(key);
				tried.delete(key);
				const attempts = event.result.attempts.map((one, at) => since(times[at], one));
				results.set(key, { ...event.result, attempts });
			} else if (event.type === 'phase-ended')
				phases.push({
					name: event.phase,
					startedMs: event.atMs - event.durationMs,
					durationMs: event.durationMs,
					...(event.parts && { parts: event.parts }),
				});
			else if (event.type === 'note') notes.add(event.text);
			else if (event.type === 'run-ended') end = event;
		},
		run() {
			if (!first) throw new Error('a journal begins with run-started');
			const plan = first.plan.map((job) => ({ ...job, cases: swept.get(job.id) ?? job.cases }));
			const jobs = plan.map((plan) =>
				foldJob(plan, started.get(plan.id), problems.get(plan.id), durations.get(plan.id), { results, tried }),
			);
			const counts = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>;
			for (const job of jobs) for (const result of job.cases) counts[result.status]++;
			const verdict = verdictOf(counts);
			return {
				schema: 1,
				...first.run,
				...(end && { ended: end.ended, peakMemoryMiB: end.peakMemoryMiB }),
				durationMs: lastMs ?? 0,
				jobs,
				phases: [...phases],
				counts,
				verdict,
				exitCode: exitCodeOf(verdict),
				notes: [...notes],
			};
		},
		plan: () => first?.plan ?? [],
		isComplete: () => end !== undefined,
		lastMs: () => lastMs,
	};
}

/** Folds events in order; a run that never ended gets MISS for what did not run, as it stands. */
export function foldRun(events: Iterable<Event>): Run {
	const fold = createFold();
	for (const event of events) fold.add(event);
	return fold.run();
}

function since(startedMs: number | undefined, attempt: Attempt): Attempt {
	return startedMs === undefined ? attempt : { startedMs, ...attempt };
}

function foldJob(
	plan: PlannedJob,
	started: Extract<Event, { type: 'job-started' }> | undefined,
	failed: Extract<Event, { type: 'job-failed' }> | undefined,
	durationMs: number | undefined,
	{ results, tried }: { readonly results: ReadonlyMap<string, CaseResult>; readonly tried: ReadonlyMap<string, readonly Attempt[]> },
): JobResult {
	const cases = plan.cases.map(({ name, summary, recipe }): CaseResult => {
		const key = `${plan.id}/${name}`;
		const attempts = tried.get(key) ?? [];
		const ended = attempts.length === 0 ? results.get(key) : undefined;
		if (ended) return ended;
		const missed = { status: failed?.status ?? 'MISS', reason: failed?.problem.message ?? 'never ran' };
		return {
			suite: plan.suite,
			case: name,
			summary,
			...(attempts.length > 0 ? settle(attempts) : missed),
			durationMs: attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0),
			attempts,
			reproduce: reproduceLine(plan.suite, recipe ?? { cases: [name] }, plan, plan.xfstests),
			...(recipe && { recipe }),
		};
	});
	const counts = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>;
	for (const result of cases) counts[result.status]++;
	return {
		id: plan.id,
		suite: plan.suite,
		kernelSpec: plan.kernelSpec,
		config: plan.config,
		...(plan.seed !== undefined && { seed: plan.seed }),
		...(plan.timeoutS !== undefined && { timeoutS: plan.timeoutS }),
		...(plan.xfstests !== undefined && { xfstests: plan.xfstests }),
		...(started && { kernel: started.kernel, accel: started.accel, qemu: started.qemu }),
		status: verdictOf(counts),
		durationMs: durationMs ?? cases.reduce((sum, result) => sum + result.durationMs, 0),
		cases,
		...(failed && { problem: failed.problem }),
	};
}

/** The worst status there is, in the order in which a reader must hear of them. */
export function verdictOf(counts: Readonly<Record<Status, number>>): Status {
	const order: readonly Status[] = ['FAIL', 'ERROR', 'MISS', 'INCONCLUSIVE', 'PASS', 'XFAIL', 'SKIP'];
	return order.find((status) => counts[status] > 0) ?? 'MISS';
}

/** 125 also for runs that proved nothing (INCONCLUSIVE, all SKIP): to a bisect they are neither good nor bad. */
export function exitCodeOf(verdict: Status): number {
	if (verdict === 'PASS' || verdict === 'XFAIL') return exitCodes.pass;
	if (verdict === 'FAIL') return exitCodes.fail;
	return verdict === 'ERROR' ? exitCodes.ours : exitCodes.untestable;
}

/** The command that runs one entry of a plan again: on the same kernel with the same patches, from the same seed. */
export function reproduceLine(
	suite: string,
	recipe: Recipe,
	{ kernelSpec, config, seed, timeoutS, series }: Pick<Job, 'kernelSpec' | 'config' | 'timeoutS' | 'series'> & { readonly seed?: number },
	xfstests?: string,
): string {
	return [
		'./crucible run',
		...recipeWords(suite, recipe).map(shellQuote),
		...(xfstests === undefined ? [] : ['--xfstests', shellQuote(xfstests)]),
		'--kernel',
		shellQuote(kernelSpec),
		...(config === settingTable.config.fallback ? [] : ['--config', shellQuote(config)]),
		...(series === undefined ? [] : ['--patch', shellQuote(series)]),
		...(seed === undefined ? [] : ['--seed', String(seed)]),
		...(timeoutS === undefined ? [] : ['--timeout', String(timeoutS)]),
	].join(' ');
}
