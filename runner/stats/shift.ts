/** Whether one sample of times lies above another: Mann and Whitney's U, with the size of the effect. */

import jstat from 'jstat';

const { jStat } = jstat;

export interface Shift {
	/** Two-sided. */
	readonly p: number;
	/** From -1 (every time of the second is below every one of the first) to 1; 0 is no shift. Cliff's delta. */
	readonly effect: number;
	readonly medians: readonly [number, number];
}

export function shiftBetween(first: readonly number[], second: readonly number[]): Shift {
	const [n, m] = [first.length, second.length];
	const medians = [median(first), median(second)] as const;
	if (n === 0 || m === 0) return { p: 1, effect: 0, medians };
	let u = 0;
	for (const b of second) for (const a of first) u += b > a ? 1 : b === a ? 0.5 : 0;
	const ties = tieSizes([...first, ...second]);
	// Beyond these sizes the normal distribution is as good.
	const isExact = n <= 20 && m <= 20 && ties.every((size) => size === 1);
	return { p: isExact ? exactP(u, n, m) : normalP(u, n, m, ties), effect: (2 * u) / (n * m) - 1, medians };
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const high = sorted[middle] ?? 0;
	return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2;
}

function tieSizes(values: readonly number[]): number[] {
	const sizes = new Map<number, number>();
	for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
	return [...sizes.values()];
}

/** Counts the orders of two samples by their U. */
function exactP(u: number, n: number, m: number): number {
	// ways[i][s]: subsets of i of the ranks so far whose U is s.
	const ways = Array.from({ length: n + 1 }, () => new Float64Array(n * m + 1));
	const none = ways[0];
	if (none) none[0] = 1;
	for (let rank = 0; rank < n + m; rank++)
		for (let i = Math.min(n, rank + 1); i >= 1; i--) {
			// The i-th chosen at this rank has rank - (i - 1) of the others below it.
			const below = rank - (i - 1);
			if (below > m) continue;
			const [from, to] = [ways[i - 1], ways[i]];
			if (from && to) for (let s = n * m; s >= below; s--) to[s] = (to[s] ?? 0) + (from[s - below] ?? 0);
		}
	const counts = ways[n] ?? new Float64Array();
	const total = counts.reduce((sum, count) => sum + count, 0);
	const extreme = Math.min(u, n * m - u);
	const tail = counts.slice(0, Math.floor(extreme) + 1).reduce((sum, count) => sum + count, 0);
	return Math.min(1, (2 * tail) / total);
}

function normalP(u: number, n: number, m: number, ties: readonly number[]): number {
	const total = n + m;
	const correction = ties.reduce((sum, size) => sum + (size ** 3 - size), 0) / (total * (total - 1));
	const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - correction));
	if (!(deviation > 0)) return 1;
	const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / deviation;
	return Math.min(1, 2 * (1 - jStat.normal.cdf(z, 0, 1)));
}
