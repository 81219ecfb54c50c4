/** One job on this machine: its cases in order, each in a clone of its own, or in a booted guest as long as that stays clean. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { acceptedBy, type KnownIssue } from '../config/known-issues.ts';
import type { Attempt, CaseResult, Splat, Status } from '../model/run.ts';
import { type KernelObjects, symbolizeSplats } from '../parse/symbolize.ts';
import type { Case } from '../suite/load.ts';
import type { Provisions } from '../suite/provision.ts';
import { runCase } from '../suite/run-case.ts';
import { nextAttempt, settle } from '../suite/settle.ts';
import { InfraError, messageOf } from '../util/errors.ts';
import type { Emitter } from './emitter.ts';
import { reproduceLine } from './fold.ts';
import type { Guest, GuestSource } from './guest.ts';
import type { Job } from './plan.ts';

export interface JobParts {
	readonly job: Job;
	/** The run directory. */
	readonly runDir: string;
	readonly release: string;
	readonly guests: GuestSource;
	readonly provisions: Provisions;
	readonly objects: KernelObjects;
	readonly timeoutScale: number;
	readonly reruns: number;
	readonly knownIssues: readonly KnownIssue[];
	/** YYYY-MM-DD, for the expiry of known issues. */
	readonly today: string;
	readonly emitter: Emitter;
	/** Names of cases that a resumed run has already settled. */
	readonly done: ReadonlySet<string>;
	/** Begin no other case. */
	readonly drain: AbortSignal;
	/** Stop the running one. */
	readonly stop: AbortSignal;
}

/** Runs the cases and emits their events. Returns whether any failed. A kernel that does not boot is thrown as KernelError. */
export async function runJob(parts: JobParts, wantsMore: () => boolean): Promise<void> {
	const { job } = parts;
	let guest: Guest | undefined;
	try {
		for (const entry of job.suite.cases) {
			if (parts.done.has(entry.name)) continue;
			const attempts: Attempt[] = [];
			for (let next = nextAttempt([], { ...job, ...parts }); next; next = nextAttempt(attempts, { ...job, ...parts })) {
				if (parts.drain.aborted || !wantsMore()) break;
				const number = attempts.length + 1;
				parts.emitter.emit({ type: 'case-started', job: job.id, case: entry.name, attempt: number });
				const relative = join('jobs', job.id, entry.name, number === 1 ? '' : `attempt-${number}`);
				const outcome = await attemptCase(parts, entry, relative, guest);
				guest = outcome.guest;
				attempts.push(outcome.attempt);
				parts.emitter.emit({ type: 'attempt-ended', job: job.id, case: entry.name, attempt: outcome.attempt });
			}
			if (attempts.length > 0) parts.emitter.emit({ type: 'case-ended', job: job.id, result: resultOf(job, entry, attempts) });
		}
	} finally {
		await guest?.[Symbol.asyncDispose]();
	}
}

/** Only these leave a booted guest fit for the next case. */
const clean: readonly Status[] = ['PASS', 'SKIP', 'INCONCLUSIVE'];

async function attemptCase(
	parts: JobParts,
	entry: Case,
	relative: string,
	former: Guest | undefined,
): Promise<{ attempt: Attempt; guest: Guest | undefined }> {
	const { job } = parts;
	const absolute = join(parts.runDir, relative);
	await mkdir(absolute, { recursive: true });
	const began = performance.now();
	let guest = former;
	try {
		guest ??= await parts.guests.start(join(absolute, 'boot'), (splat) =>
			parts.emitter.emit({ type: 'splat-seen', job: job.id, case: entry.name, splat }),
		);
		const attempt = await runCase({
			suite: job.suite,
			entry,
			machine: guest.machine,
			provisions: parts.provisions,
			dir: { absolute, relative },
			kernel: parts.release.split('.').slice(0, 2).join('.'),
			seed: job.seed,
			timeoutScale: parts.timeoutScale,
			timeoutS: job.timeoutS,
			shares: guest.shares,
			splats: { take: guest.takeSplats },
			finish: (splats) => finishSplats(parts, splats),
			signal: parts.stop,
		});
		const isFit = clean.includes(attempt.status) && attempt.leftOvers.length === 0 && attempt.splats.length === 0;
		if (isFit && !guest.isClone) return { attempt, guest };
		await guest[Symbol.asyncDispose]();
		return { attempt, guest: undefined };
	} catch (error) {
		await guest?.[Symbol.asyncDispose]();
		parts.stop.throwIfAborted();
		if (!(error instanceof InfraError)) throw error;
		const durationMs = Math.round(performance.now() - began);
		const empty = { assertions: [], evidence: [], splats: [], leftOvers: [], counters: {}, measured: {} };
		return { attempt: { status: 'ERROR', reason: messageOf(error), durationMs, ...empty, dir: relative }, guest: undefined };
	}
}

/** file:line for every frame, and the known issue that accepts the splat, if one does. */
async function finishSplats(parts: JobParts, splats: readonly Splat[]): Promise<Splat[]> {
	if (splats.length === 0) return [];
	const symbolized = await symbolizeSplats(splats, parts.objects, parts.stop);
	return symbolized.map((splat) => {
		const id = splat.isFailure ? acceptedBy(parts.knownIssues, splat, parts.release, parts.today) : undefined;
		return id === undefined ? splat : { ...splat, knownIssue: id };
	});
}

function resultOf(job: Job, entry: Case, attempts: readonly Attempt[]): CaseResult {
	return {
		suite: job.suite.name,
		case: entry.name,
		summary: entry.summary,
		...settle(attempts),
		durationMs: attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0),
		attempts,
		reproduce: reproduceLine(job.suite.name, entry.name, job.kernelSpec, job.config),
	};
}
