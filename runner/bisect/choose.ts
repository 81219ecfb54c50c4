/** What to do next: the commit, and how often to run there, that tell most for their cost. Pure. */

import { type Belief, chanceOfPasses } from './belief.ts';
import type { History } from './history.ts';

export interface Choice {
	readonly commit: number;
	/** Runs, unless one fails before: a failure tells enough. */
	readonly times: number;
}

export interface Costs {
	/** Of one run, ms. */
	readonly run: number;
	/** Of bringing another commit up, ms. */
	readonly build: number;
}

const batches = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];
// Bits; less is noise of the arithmetic, and nothing to run for.
const leastGain = 1e-4;

/** Undefined when no run of any commit that can be run tells anything more. */
export function chooseNext(history: History, belief: Belief, costs: Costs, current: number | undefined): Choice | undefined {
	const { seen, givenUp } = belief;
	const rate = 1 - chanceOfPasses('with', seen.with, 1);
	const plans = batches.map((times) => ({
		times,
		bad: chanceOfPasses('with', seen.with, times),
		good: chanceOfPasses('without', seen.without, times),
	}));
	let best: { choice: Choice; worth: number } | undefined;
	for (let commit = 1; commit < history.commits.length; commit++) {
		if (givenUp.has(commit)) continue;
		const isBad = shareWith(history, belief, commit);
		if (isBad === 0) continue;
		for (const { times, bad, good } of plans) {
			const gain = entropy(isBad * bad + (1 - isBad) * good) - isBad * entropy(bad) - (1 - isBad) * entropy(good);
			if (gain < leastGain) continue;
			const runs = isBad * ((1 - bad) / Math.max(rate, 1e-6)) + (1 - isBad) * times;
			const worth = gain / (runs * costs.run + (commit === current ? 0 : costs.build));
			if (!best || worth > best.worth) best = { choice: { commit, times }, worth };
		}
	}
	return best?.choice;
}

/** The probability that a commit has the culprit. */
export function shareWith(history: History, { blame }: Belief, commit: number): number {
	let sum = 0;
	for (let candidate = 1; candidate < blame.length; candidate++) {
		const part = blame[candidate] ?? 0;
		if (part > 0 && history.contains(commit, candidate)) sum += part;
	}
	return Math.min(1, sum);
}

/** Bits of a coin. */
function entropy(p: number): number {
	return p <= 0 || p >= 1 ? 0 : -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
}

/** Candidates that no commit which can be tested tells from the likeliest one, itself included, likeliest first. */
export function inseparable(history: History, { blame, untestable }: Belief, candidate: number): number[] {
	const others: number[] = [];
	for (let other = 1; other < blame.length; other++) {
		if ((blame[other] ?? 0) <= 0) continue;
		let isSeparable = false;
		for (let commit = 1; commit < blame.length && !isSeparable; commit++)
			isSeparable = !untestable.has(commit) && history.contains(commit, candidate) !== history.contains(commit, other);
		if (!isSeparable) others.push(other);
	}
	return others.sort((a, b) => (blame[b] ?? 0) - (blame[a] ?? 0));
}
