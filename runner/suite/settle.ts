/** From all attempts of a case to its one status: the worst counts, and the rate is told. */

import type { Attempt, Status } from '../model/run.ts';

/** Attempts that broke on our side do not vote; when one is the last, the case came short of what was wanted, and is an ERROR unless it failed. */
export function settle(attempts: readonly Attempt[]): { status: Status; reason?: string } {
	const votes = attempts.filter((attempt) => attempt.status !== 'ERROR');
	const last = attempts.at(-1);
	if (!last) return { status: 'MISS', reason: 'never ran' };
	const hasFailed = votes.some((attempt) => attempt.status === 'FAIL');
	if (last.status === 'ERROR' && !hasFailed) return withReason('ERROR', last.reason);
	const order: readonly Status[] = ['FAIL', 'MISS', 'INCONCLUSIVE', 'XFAIL', 'PASS', 'SKIP'];
	for (const status of order) {
		const same = votes.filter((attempt) => attempt.status === status);
		const [first] = same;
		if (!first) continue;
		const rate = votes.length > 1 && status !== 'PASS' && status !== 'SKIP' ? ` (${same.length}/${votes.length})` : '';
		return withReason(status, first.reason === undefined ? undefined : `${first.reason}${rate}`);
	}
	throw new Error(`no rule for ${votes.map((vote) => vote.status).join(' ')}`);
}

/** How the next attempt of a case goes, if there is to be one: an ERROR is retried once, whatever ran before it, FAIL is rerun for its rate. */
export function nextAttempt(
	attempts: readonly Attempt[],
	wanted: { readonly repeat: number; readonly reruns: number; readonly untilFailure?: boolean | undefined },
): 'repeat' | 'retry' | 'rerun' | undefined {
	const last = attempts.at(-1);
	if (!last) return 'repeat';
	const errors = attempts.filter((attempt) => attempt.status === 'ERROR').length;
	if (last.status === 'ERROR') return attempts.at(-2)?.status === 'ERROR' ? undefined : 'retry';
	if (wanted.untilFailure && last.status === 'FAIL') return undefined;
	const votes = attempts.length - errors;
	if (votes < wanted.repeat) return last.status === 'SKIP' ? undefined : 'repeat';
	const hasFailed = attempts.some((attempt) => attempt.status === 'FAIL');
	return hasFailed && votes < Math.max(wanted.repeat, 1 + wanted.reruns) ? 'rerun' : undefined;
}

function withReason(status: Status, reason: string | undefined): { status: Status; reason?: string } {
	return reason === undefined ? { status } : { status, reason };
}
