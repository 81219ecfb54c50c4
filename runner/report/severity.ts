/** The order in which people want to see results: what needs them first. */

import type { Status } from '../model/run.ts';

const order: readonly Status[] = ['FAIL', 'ERROR', 'INCONCLUSIVE', 'MISS', 'XFAIL', 'SKIP', 'PASS'];

/** Negative when `a` is worse than `b`; for sort(). */
export function bySeverity(a: Status, b: Status): number {
	return order.indexOf(a) - order.indexOf(b);
}

/** The statuses, worst first. */
export const statusesBySeverity = order;

/** Whether a reader has nothing to do about it. */
export function isFine(status: Status): boolean {
	return status === 'PASS' || status === 'SKIP' || status === 'XFAIL';
}
