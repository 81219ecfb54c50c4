/** Which commit is to blame, as far as is known: a probability for each candidate, from everything that was seen. Pure. */

import jstat from 'jstat';
import type { Finding } from '../model/bisection.ts';
import type { History } from './history.ts';

const { jStat } = jstat;

export interface Tally {
	readonly failed: number;
	readonly passed: number;
}

/** A failure rate before anything is known of it: Beta distributions and their weights. */
type Prior = readonly { readonly weight: number; readonly alpha: number; readonly beta: number }[];

// With the bug a case fails always, or at a rate that could be any.
const withBug: Prior = [
	{ weight: 0.5, alpha: 200, beta: 1 },
	{ weight: 0.5, alpha: 1, beta: 1 },
];
// Without it a failure that looks the same is rare; a bisection of a rate that rose has some.
const withoutBug: Prior = [
	{ weight: 0.9, alpha: 1, beta: 1000 },
	{ weight: 0.09, alpha: 1, beta: 20 },
	{ weight: 0.01, alpha: 1, beta: 4 },
];

const lnBeta = (a: number, b: number) => jStat.gammaln(a) + jStat.gammaln(b) - jStat.gammaln(a + b);

/** ln of the probability of one sequence of so many failures and passes. */
function lnChance(prior: Prior, { failed, passed }: Tally): number {
	const parts = prior.map(({ weight, alpha, beta }) => Math.log(weight) + lnBeta(alpha + failed, beta + passed) - lnBeta(alpha, beta));
	const most = Math.max(...parts);
	return most + Math.log(parts.reduce((sum, part) => sum + Math.exp(part - most), 0));
}

/** The probability that `times` further runs all pass, given what was seen of the same rate. */
export function chanceOfPasses(kind: 'with' | 'without', seen: Tally, times: number): number {
	const prior = kind === 'with' ? withBug : withoutBug;
	return Math.exp(lnChance(prior, { failed: seen.failed, passed: seen.passed + times }) - lnChance(prior, seen));
}

export interface Belief {
	/** Probability of each commit to be the first bad one, by index; 0 for the good end. Sums to 1, or is all 0 when nothing can be to blame. */
	readonly blame: Float64Array;
	/** Of commits that have the most probable culprit, and of those that do not. */
	readonly seen: { readonly with: Tally; readonly without: Tally };
	readonly tallies: ReadonlyMap<number, Tally>;
	/** Not to be run any more. */
	readonly givenUp: ReadonlySet<number>;
	/** Those of them that never told anything. */
	readonly untestable: ReadonlySet<number>;
	readonly identities: ReadonlyMap<number, string>;
}

/** What the findings come to; every candidate is as likely as any other before. */
export function beliefFrom(history: History, findings: readonly Finding[]): Belief {
	const tallies = new Map<number, Tally>();
	const givenUp = new Set<number>();
	const identities = new Map<number, string>();
	for (const finding of findings) {
		if (finding.type === 'untestable') givenUp.add(finding.commit);
		else if (finding.type === 'kernel') identities.set(finding.commit, finding.identity);
		else {
			const { failed, passed } = tallies.get(finding.commit) ?? { failed: 0, passed: 0 };
			tallies.set(finding.commit, { failed: failed + finding.failed, passed: passed + finding.passed });
		}
	}
	const count = history.commits.length;
	const ln = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
	for (let candidate = 1; candidate < count; candidate++) {
		if (isExcluded(history, identities, candidate)) continue;
		const { with: having, without } = split(history, tallies, candidate);
		ln[candidate] = lnChance(withBug, having) + lnChance(withoutBug, without);
	}
	const most = ln.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
	const blame = most === Number.NEGATIVE_INFINITY ? new Float64Array(count) : ln.map((value) => Math.exp(value - most));
	const total = blame.reduce((sum, value) => sum + value, 0);
	if (total > 0) for (let at = 0; at < count; at++) blame[at] = (blame[at] ?? 0) / total;
	const untestable = new Set([...givenUp].filter((commit) => !tallies.has(commit)));
	return { blame, seen: split(history, tallies, mostLikely(blame)), tallies, givenUp, untestable, identities };
}

/** The index of the largest. */
export function mostLikely(blame: Float64Array): number {
	let best = 0;
	for (let at = 1; at < blame.length; at++) if ((blame[at] ?? 0) > (blame[best] ?? 0)) best = at;
	return best;
}

/** A change that tells two commits apart whose kernels are the same changes nothing. */
function isExcluded(history: History, identities: ReadonlyMap<number, string>, candidate: number): boolean {
	const having = new Map<string, boolean>();
	for (const [commit, identity] of identities) {
		const has = history.contains(commit, candidate);
		const before = having.get(identity);
		if (before !== undefined && before !== has) return true;
		having.set(identity, has);
	}
	return false;
}

function split(history: History, tallies: ReadonlyMap<number, Tally>, candidate: number): Belief['seen'] {
	const sums = { with: { failed: 0, passed: 0 }, without: { failed: 0, passed: 0 } };
	for (const [commit, { failed, passed }] of tallies) {
		const side = sums[history.contains(commit, candidate) ? 'with' : 'without'];
		side.failed += failed;
		side.passed += passed;
	}
	return sums;
}
