/** Failure rates: how well a handful of runs tells them, and whether two of them differ. */

import jstat from 'jstat';

const { jStat } = jstat;

/** `failed` of `votes` runs failed. */
export interface Rate {
	readonly failed: number;
	readonly votes: number;
}

/** The rates that `failed` of `votes` allows, at 95 % confidence: Clopper and Pearson's exact interval. */
export function rateInterval({ failed, votes }: Rate): readonly [number, number] {
	if (votes === 0) return [0, 1];
	const low = failed === 0 ? 0 : jStat.beta.inv(0.025, failed, votes - failed + 1);
	const high = failed === votes ? 1 : jStat.beta.inv(0.975, failed + 1, votes - failed);
	return [low, high];
}

/** Fisher's exact test, two-sided: how often two equal rates would come out at least as far apart as these. */
export function fisherExact(a: Rate, b: Rate): number {
	const total = a.votes + b.votes;
	const failed = a.failed + b.failed;
	if (a.votes === 0 || b.votes === 0 || failed === 0 || failed === total) return 1;
	const chance = (x: number) => jStat.hypgeom.pdf(x, total, failed, a.votes);
	// Tables as likely as this one count, whatever the last bit of the arithmetic says.
	const limit = chance(a.failed) * (1 + 1e-7);
	let p = 0;
	for (let x = Math.max(0, failed - b.votes); x <= Math.min(failed, a.votes); x++) {
		const here = chance(x);
		if (here <= limit) p += here;
	}
	return Math.min(1, p);
}

/** The smallest number of failures in `votes` runs that proves a change against `before` runs without one; undefined when none does. */
export function leastProof(before: number, votes: number, threshold: number): number | undefined {
	for (let failed = 1; failed <= votes; failed++)
		if (fisherExact({ failed: 0, votes: before }, { failed, votes }) <= threshold) return failed;
	return undefined;
}

/** Holm's correction: p-values of several tests made at once, in their order, each as if it had been the only one. */
export function holm(ps: readonly number[]): number[] {
	const order = ps.map((_, at) => at).sort((a, b) => (ps[a] ?? 1) - (ps[b] ?? 1));
	const adjusted = [...ps];
	let most = 0;
	for (const [rank, at] of order.entries()) {
		most = Math.max(most, Math.min(1, (ps[at] ?? 1) * (ps.length - rank)));
		adjusted[at] = most;
	}
	return adjusted;
}
