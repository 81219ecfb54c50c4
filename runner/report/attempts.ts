/** What the executions of a case say together. */

import type { Attempt, CaseResult, JobResult, Splat } from '../model/run.ts';

/** The attempt that tells why the case has its status: the first one with that status, else the last. */
export function tellingAttempt(result: CaseResult): Attempt | undefined {
	return result.attempts.find((attempt) => attempt.status === result.status) ?? result.attempts.at(-1);
}

/** The seed of that attempt; undefined in runs that kept none. */
export function tellingSeed({ seed }: Pick<JobResult, 'seed'>, result: CaseResult): number | undefined {
	return tellingAttempt(result)?.seed ?? seed;
}

/** `FAIL 2/5, PASS 3/5`; undefined when it ran once or never. */
export function rate(result: CaseResult): string | undefined {
	const total = result.attempts.length;
	if (total < 2) return undefined;
	const seen = new Map<string, number>();
	for (const { status } of result.attempts) seen.set(status, (seen.get(status) ?? 0) + 1);
	return [...seen].map(([status, n]) => `${status} ${n}/${total}`).join(', ');
}

/** The splats of all attempts, one per fingerprint, those that fail a case first. */
export function distinctSplats(result: CaseResult): Splat[] {
	const byFingerprint = new Map<string, Splat>();
	for (const { splats } of result.attempts) {
		for (const splat of splats) if (!byFingerprint.has(splat.fingerprint)) byFingerprint.set(splat.fingerprint, splat);
	}
	const rank = (splat: Splat) => (!splat.isFailure ? 2 : splat.knownIssue !== undefined ? 1 : 0);
	return [...byFingerprint.values()].sort((a, b) => rank(a) - rank(b));
}

/** The ids of the known issues that its splats matched. */
export function knownIssues(result: CaseResult): string[] {
	const ids = result.attempts.flatMap(({ splats }) => splats.flatMap(({ knownIssue }) => knownIssue ?? []));
	return [...new Set(ids)];
}
