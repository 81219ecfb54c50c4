/** The bisection itself, over a seam behind which kernels are built and cases run: every step follows from what was found before. */

import type { Finding, Outcome } from '../model/bisection.ts';
import { fisherExact } from '../stats/rates.ts';
import { type Belief, beliefFrom, chanceOfPasses, mostLikely } from './belief.ts';
import { type Costs, chooseNext, inseparable } from './choose.ts';
import type { History } from './history.ts';

/** Where commits are built and run. Errors of ours are thrown: they are no finding, and a later bisection goes on from those there are. */
export interface World {
	/** Builds a commit. */
	readonly prepare: (commit: number) => Promise<{ readonly identity: string } | { readonly why: string }>;
	/** Runs the case up to `times` times, or until it fails where `untilFailure` says so. */
	readonly run: (commit: number, times: number, how: { readonly untilFailure: boolean }) => Promise<Told | Untold>;
	/** As measured so far. */
	readonly costs: () => Costs;
}

export interface Told {
	readonly failed: number;
	readonly passed: number;
	/** These two are kept with the finding. */
	readonly seeds?: number;
	readonly evidence?: string;
}

/** Why no run voted. */
export interface Untold {
	readonly why: string;
	/** Runs that might have voted; left out when none of this commit can. */
	readonly silent?: number;
}

export interface BisectOptions {
	/** How sure the answer has to be, below 1. */
	readonly confidence: number;
	/** How often an end is run at most until it has shown what it is. */
	readonly endRuns: number;
	/** All runs that pass or fail, the ends' included. */
	readonly mostRuns: number;
	/** Told of each finding before the next step: who keeps them can go on after a kill. */
	readonly onFinding: (finding: Finding, belief: Belief) => Promise<void>;
	readonly signal?: AbortSignal | undefined;
}

export interface Bisected {
	readonly outcome: Outcome;
	readonly findings: readonly Finding[];
	readonly belief: Belief;
}

// So many failures tell a rate well enough to plan with.
const failuresWanted = 3;
// What a good end that is none may look like by chance.
const endDoubt = 0.05;

// A hold that is not reached, or a failure of another kind, is chance: at one time in five, five in a row come once in 3000.
const silenceThatTells = 5;

/** Goes on from `earlier` findings until the culprit is known, or nothing more can be learnt. */
export async function bisect(history: History, world: World, earlier: readonly Finding[], options: BisectOptions): Promise<Bisected> {
	const findings = [...earlier];
	let belief = beliefFrom(history, findings);
	const learn = async (finding: Finding) => {
		findings.push(finding);
		belief = beliefFrom(history, findings);
		await options.onFinding(finding, belief);
	};
	/** False when the commit cannot be tested. */
	const runAt = async (commit: number, times: number, untilFailure: boolean): Promise<boolean> => {
		options.signal?.throwIfAborted();
		if (belief.untestable.has(commit)) return false;
		if (!belief.identities.has(commit)) {
			const made = await world.prepare(commit);
			await learn('why' in made ? { type: 'untestable', commit, why: made.why } : { type: 'kernel', commit, identity: made.identity });
			if ('why' in made) return false;
			// What was known of the same kernel may make this run needless.
			if (times === 0) return true;
		}
		if (times === 0) return true;
		const ran = await runUntilTold(commit, Math.min(times, left()), untilFailure);
		await learn('why' in ran ? { type: 'untestable', commit, why: ran.why } : { type: 'runs', commit, ...ran });
		return !('why' in ran);
	};
	const runUntilTold = async (commit: number, times: number, untilFailure: boolean): Promise<Told | Untold> => {
		for (let silent = 0; ; ) {
			options.signal?.throwIfAborted();
			const ran = await world.run(commit, times, { untilFailure });
			if (!('why' in ran) || ran.silent === undefined) return ran;
			silent += ran.silent;
			if (silent >= silenceThatTells) return { why: `${ran.why} (${silent} runs told nothing)` };
		}
	};
	const end = (outcome: Outcome): Bisected => ({ outcome, findings, belief });
	const tallyAt = (commit: number) => belief.tallies.get(commit) ?? { failed: 0, passed: 0 };
	const total = () => [...belief.tallies.values()].reduce((sum, { failed, passed }) => sum + failed + passed, 0);
	const left = () => options.mostRuns - total();
	const tooFewFor = (which: string) =>
		end({ kind: 'unsure', suspects: [], confidence: 0, why: `${total()} runs were not enough to know the ${which} end` });

	const bad = history.commits.length - 1;
	for (const commit of [bad, 0])
		if (!(await runAt(commit, 0, false)))
			return end({ kind: 'ends', why: `the ${commit === bad ? 'bad' : 'good'} end cannot be tested: ${whyOf(findings, commit)}` });
	if (belief.identities.get(bad) === belief.identities.get(0))
		return end({ kind: 'ends', why: 'both ends come to the same kernel: what is between them changes nothing that is built' });
	while (tallyAt(bad).failed < failuresWanted && tallyAt(bad).failed + tallyAt(bad).passed < options.endRuns) {
		if (left() <= 0) return tooFewFor('bad');
		if (!(await runAt(bad, failuresWanted - tallyAt(bad).failed, false)))
			return end({ kind: 'ends', why: `the bad end cannot be tested: ${whyOf(findings, bad)}` });
	}
	const atBad = tallyAt(bad);
	if (atBad.failed === 0) return end({ kind: 'ends', why: `the bad end does not fail: it passed ${atBad.passed} times` });
	for (;;) {
		const atGood = tallyAt(0);
		const done = atGood.failed + atGood.passed;
		const [rate, badRate] = [atGood.failed / Math.max(1, done), atBad.failed / (atBad.failed + atBad.passed)];
		const failsToo = atGood.failed >= failuresWanted && rate >= badRate;
		// One that fails now and then is run as often as it may be: how often it does is what the bad commits must exceed.
		const wanted = atGood.failed > 0 ? options.endRuns : passesThatClear(atBad, options.endRuns);
		if (failsToo || (done >= wanted && atGood.failed > 0 && !isBetter(atGood, atBad)))
			return end({ kind: 'ends', why: `the good end fails too: ${atGood.failed} of ${done} times` });
		if (done >= wanted) break;
		if (left() <= 0) return tooFewFor('good');
		if (!(await runAt(0, wanted - done, atGood.failed < failuresWanted)))
			return end({ kind: 'ends', why: `the good end cannot be tested: ${whyOf(findings, 0)}` });
	}

	let current: number | undefined = 0;
	for (;;) {
		const likeliest = mostLikely(belief.blame);
		if ((belief.blame[likeliest] ?? 0) === 0)
			return end({
				kind: 'unsure',
				suspects: [],
				confidence: 0,
				why: 'every commit comes to the kernel of one before it: none changes anything that is built',
			});
		const suspects = inseparable(history, belief, likeliest);
		const confidence = suspects.reduce((sum, at) => sum + (belief.blame[at] ?? 0), 0);
		if (confidence >= options.confidence) return end({ kind: 'found', suspects, confidence });
		const choice = chooseNext(history, belief, world.costs(), current);
		if (!choice) return end({ kind: 'unsure', suspects, confidence, why: 'no commit that can be tested tells anything more' });
		if (left() <= 0) return end({ kind: 'unsure', suspects, confidence, why: `${total()} runs were not enough` });
		const isKnown = belief.identities.has(choice.commit);
		// A commit's kernel may be one that was seen, which is worth looking at before it is run.
		if (await runAt(choice.commit, isKnown ? choice.times : 0, true)) current = choice.commit;
	}
}

/** How many passes in a row a commit with the bug would not give. */
function passesThatClear(atBad: { readonly failed: number; readonly passed: number }, most: number): number {
	for (let times = 1; times < most; times++) if (chanceOfPasses('with', atBad, times) <= endDoubt) return times;
	return most;
}

function isBetter(good: { failed: number; passed: number }, bad: { failed: number; passed: number }): boolean {
	const rate = (tally: { failed: number; passed: number }) => ({ failed: tally.failed, votes: tally.failed + tally.passed });
	return good.failed / (good.failed + good.passed) < bad.failed / (bad.failed + bad.passed) && fisherExact(rate(good), rate(bad)) <= 0.05;
}

function whyOf(findings: readonly Finding[], commit: number): string {
	for (const finding of findings) if (finding.type === 'untestable' && finding.commit === commit) return finding.why;
	return 'no reason is known';
}
