/** How each case ended in the runs before this one: what fails now and then shows as what it is. */

import type { Run, Status } from '../model/run.ts';

export interface PastResult {
	readonly run: string;
	readonly status: Status;
	/** Attempts that failed, and all of them. */
	readonly failed: number;
	readonly attempts: number;
}

/** By `job/case`, the oldest run first. */
export type History = ReadonlyMap<string, readonly PastResult[]>;

/** What `runs` say, in their order; cases that never ran say nothing. */
export function historyOf(runs: Iterable<Run>): History {
	const history = new Map<string, PastResult[]>();
	for (const run of runs)
		for (const job of run.jobs)
			for (const { case: name, status, attempts } of job.cases) {
				if (attempts.length === 0) continue;
				const key = `${job.id}/${name}`;
				const past = history.get(key) ?? [];
				history.set(key, past);
				past.push({ run: run.id, status, failed: attempts.filter((one) => one.status === 'FAIL').length, attempts: attempts.length });
			}
	return history;
}

/** `failed in 3 of 11 runs before`. */
export function historyText(past: readonly PastResult[]): string {
	const failed = past.filter(({ status }) => status === 'FAIL').length;
	return `failed in ${failed} of ${past.length} ${past.length === 1 ? 'run' : 'runs'} before`;
}
