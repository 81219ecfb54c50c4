/** One case of a job until its result is settled: its repeats, the retry after an ERROR, the reruns of a failure, each in a guest of its own. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { acceptedBy, type KnownIssue } from '../config/known-issues.ts';
import type { Attempt, CaseResult, Splat } from '../model/run.ts';
import { type KernelObjects, symbolizeSplats } from '../parse/symbolize.ts';
import type { Case } from '../suite/load.ts';
import type { Provisions } from '../suite/provision.ts';
import { runEntry } from '../suite/run-chain.ts';
import { nextAttempt, settle } from '../suite/settle.ts';
import { InfraError, messageOf } from '../util/errors.ts';
import { isMachineFault } from '../vm/machine-fault.ts';
import type { Clock } from '../vm/machine-spec.ts';
import type { Emitter } from './emitter.ts';
import { reproduceLine } from './fold.ts';
import type { GuestSource } from './guest.ts';
import type { Job } from './plan.ts';
import { recipeOf } from './recipe.ts';
import { whyNotRecordable } from './recordable.ts';

export interface JobParts {
	readonly job: Job;
	/** The run directory. */
	readonly runDir: string;
	readonly release: string;
	/** Where guests come from, by how time goes in them. */
	readonly guests: Readonly<Record<Clock, GuestSource>>;
	readonly clockFor: (entry: Case) => Clock;
	readonly provisions: Provisions;
	readonly objects: KernelObjects;
	readonly timeoutScale: number;
	readonly reruns: number;
	/** Attempts of the case that ended before the run was resumed. */
	readonly earlier: (entry: Case) => readonly Attempt[];
	readonly knownIssues: readonly KnownIssue[];
	/** YYYY-MM-DD, for the expiry of known issues. */
	readonly today: string;
	readonly emitter: Emitter;
	/** Given each attempt, and how long it took with the making of its guest, which is gone. */
	readonly onAttempt?: ((attempt: Attempt, tookMs: number) => Promise<void>) | undefined;
	/** Whether another attempt may begin. */
	readonly wantsMore: () => boolean;
	/** Stop the running attempt. */
	readonly stop: AbortSignal;
}

/**
 * Runs a case and emits its events; nothing when it may not begin. A kernel that does not boot is thrown as KernelError; attempts that ended
 * before anything is thrown stand.
 */
export async function settleCase(parts: JobParts, entry: Case): Promise<void> {
	const { job, emitter } = parts;
	const attempts = [...parts.earlier(entry)];
	if (entry.excluded !== undefined) {
		const result = { ...resultOf(job, entry, attempts), status: 'SKIP' as const, reason: entry.excluded };
		emitter.emit({ type: 'case-ended', job: job.id, result });
		return;
	}
	const wanted = { repeat: job.repeat, reruns: parts.reruns, untilFailure: job.untilFailure };
	try {
		while (nextAttempt(attempts, wanted) !== undefined && parts.wantsMore()) {
			const number = attempts.length + 1;
			emitter.emit({ type: 'case-started', job: job.id, case: entry.name, attempt: number });
			const relative = join('jobs', job.id, entry.name, number === 1 ? '' : `attempt-${number}`);
			const began = performance.now();
			const seed = job.seedPerAttempt ? job.seed + number - 1 : job.seed;
			const ended = await attemptCase(parts, entry, relative, seed);
			const attempt = job.seedPerAttempt ? { ...ended, seed } : ended;
			await parts.onAttempt?.(attempt, Math.round(performance.now() - began));
			attempts.push(attempt);
			emitter.emit({ type: 'attempt-ended', job: job.id, case: entry.name, attempt });
		}
	} finally {
		if (attempts.length > 0) emitter.emit({ type: 'case-ended', job: job.id, result: resultOf(job, entry, attempts) });
	}
}

async function attemptCase(parts: JobParts, entry: Case, relative: string, seed: number): Promise<Attempt> {
	const { job } = parts;
	const clock = parts.clockFor(entry);
	const absolute = join(parts.runDir, relative);
	await mkdir(absolute, { recursive: true });
	const began = performance.now();
	try {
		await using guest = await parts.guests[clock].start(join(absolute, 'boot'), (splat) =>
			parts.emitter.emit({ type: 'splat-seen', job: job.id, case: entry.name, splat }),
		);
		return await runEntry({
			suite: job.suite,
			entry,
			get machine() {
				return guest.machine;
			},
			crash: guest.crash,
			guestMs: Math.round(performance.now() - began),
			provisions: parts.provisions,
			dir: { absolute, relative },
			kernel: parts.release.split('.').slice(0, 2).join('.'),
			seed,
			clock,
			timeoutScale: parts.timeoutScale,
			timeoutS: job.timeoutS,
			shares: guest.shares,
			splats: { take: guest.takeSplats },
			finish: (splats) => finishSplats(parts, splats),
			wantsMore: parts.wantsMore,
			objects: parts.objects,
			signal: parts.stop,
		});
	} catch (error) {
		parts.stop.throwIfAborted();
		if (!isMachineFault(error)) throw error;
		const durationMs = Math.round(performance.now() - began);
		const empty = { assertions: [], evidence: [], splats: [], leftOvers: [], counters: {}, measured: {} };
		return { status: 'ERROR', reason: messageOf(error), durationMs, ...empty, dir: relative };
	}
}

/** file:line for every frame, where binutils can tell, and the known issue that accepts the splat, if one does. */
export async function finishSplats(
	parts: Pick<JobParts, 'objects' | 'emitter' | 'stop' | 'knownIssues' | 'release' | 'today'>,
	splats: readonly Splat[],
): Promise<Splat[]> {
	if (splats.length === 0) return [];
	const symbolized = await symbolizeSplats(splats, parts.objects, parts.stop).catch((error: unknown) => {
		parts.stop.throwIfAborted();
		if (!(error instanceof InfraError)) throw error;
		parts.emitter.emit({ type: 'note', text: `reports without file and line: ${messageOf(error).split('\n')[0]}` });
		return splats;
	});
	return symbolized.map((splat) => {
		const issue = splat.isFailure ? acceptedBy(parts.knownIssues, splat, parts.release, parts.today) : undefined;
		return issue === undefined ? splat : { ...splat, knownIssue: issue.id, ...(issue.isFatal && { isFatal: true as const }) };
	});
}

function resultOf(job: Job, entry: Case, attempts: readonly Attempt[]): CaseResult {
	const recipe = recipeOf(entry);
	return {
		suite: job.suite.name,
		case: entry.name,
		summary: entry.summary,
		...settle(attempts),
		durationMs: attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0),
		attempts,
		...(whyNotRecordable(job.suite, entry) === undefined && { isRecordable: true }),
		reproduce: reproduceLine(job.suite.name, recipe ?? { cases: [entry.name] }, job, job.suite.xfstests),
		...(recipe && { recipe }),
	};
}
