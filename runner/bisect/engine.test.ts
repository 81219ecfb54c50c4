/** The engine bisects simulated histories: the culprit is known, failures are dice. */

import test from 'ava';
import type { Commit, Finding } from '../model/bisection.ts';
import { type Bisected, type BisectOptions, bisect, type World } from './engine.ts';
import { type History, historyOf } from './history.ts';

/** A generator of equal numbers for equal seeds (mulberry32). */
function dice(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let x = Math.imul(state ^ (state >>> 15), 1 | state);
		x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
		return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
	};
}

function line(count: number): History {
	const commits = Array.from({ length: count }, (_, at): Commit => ({ id: `${at + 1}`, title: '', parents: [`${at}`] }));
	return historyOf({ id: '0', title: '' }, commits);
}

interface Simulated {
	readonly culprit: number;
	readonly rate: number;
	readonly random: () => number;
	readonly goodRate?: number;
	readonly untestable?: (commit: number) => boolean;
	/** How often a run tells nothing. */
	readonly silence?: (commit: number) => number;
	/** Equal for commits whose kernels are the same. */
	readonly identity?: (commit: number) => string;
}

function simulate(
	history: History,
	{ culprit, rate, random, goodRate = 0, untestable, silence, identity = String }: Simulated,
): World & { runs: number; builds: number } {
	const world = {
		runs: 0,
		builds: 0,
		async prepare(commit: number) {
			world.builds++;
			return untestable?.(commit) ? { why: 'does not build' } : { identity: identity(commit) };
		},
		async run(commit: number, times: number, { untilFailure }: { untilFailure: boolean }) {
			const p = history.contains(commit, culprit) ? rate : goodRate;
			const quiet = silence?.(commit) ?? 0;
			let [failed, passed, silent] = [0, 0, 0];
			for (let n = 0; n < times && !(untilFailure && failed > 0); n++) {
				world.runs++;
				if (quiet > 0 && random() < quiet) silent++;
				else if (random() < p) failed++;
				else passed++;
			}
			return failed + passed > 0 ? { failed, passed } : { why: 'INCONCLUSIVE: hold not reached', silent };
		},
		costs: () => ({ run: 1, build: 3 }),
	};
	return world;
}

const options: BisectOptions = { confidence: 0.98, endRuns: 60, mostRuns: 1000, onFinding: async () => {} };

async function series(t: { log(text: string): void }, rate: number, tries: number) {
	const history = line(64);
	let [right, runs, builds] = [0, 0, 0];
	for (let seed = 1; seed <= tries; seed++) {
		const random = dice(seed * 7919);
		const culprit = 1 + Math.floor(random() * 64);
		const world = simulate(history, { culprit, rate, random });
		const { outcome } = await bisect(history, world, [], options);
		if (outcome.kind === 'found' && outcome.suspects.length === 1 && outcome.suspects[0] === culprit) right++;
		runs += world.runs;
		builds += world.builds;
	}
	t.log(
		`a failure rate of ${rate * 100} % over 64 commits: ${right} of ${tries} right, ${(runs / tries).toFixed(1)} runs and ${(builds / tries).toFixed(1)} builds on average`,
	);
	return { right, runs: runs / tries };
}

test('a deterministic failure is found in 20 of 20 tries', async (t) => {
	const { right, runs } = await series(t, 1, 20);
	t.is(right, 20);
	t.true(runs < 20, `${runs}`);
});

test('a failure of 20 % is found in at least 19 of 20 tries', async (t) => {
	t.true((await series(t, 0.2, 20)).right >= 19);
});

test('over many tries it is right as often as it says', async (t) => {
	t.true((await series(t, 0.5, 40)).right >= 38);
	t.true((await series(t, 0.2, 40)).right >= 38);
});

const found = ({ outcome }: Bisected) => (outcome.kind === 'found' ? [...outcome.suspects].sort((a, b) => a - b) : outcome);

test('what does not build is skipped; what it hides is named together', async (t) => {
	const history = line(16);
	const apart = simulate(history, { culprit: 6, rate: 1, random: dice(1), untestable: (commit) => commit === 8 || commit === 9 });
	t.deepEqual(found(await bisect(history, apart, [], options)), [6]);
	const hidden = simulate(history, { culprit: 8, rate: 1, random: dice(1), untestable: (commit) => commit === 8 || commit === 9 });
	t.deepEqual(found(await bisect(history, hidden, [], options)), [8, 9, 10]);
});

test('runs that tell nothing are made again: one time in five, the culprit is still found, and alone', async (t) => {
	const history = line(64);
	let right = 0;
	for (let seed = 1; seed <= 40; seed++) {
		const random = dice(seed * 104729);
		const culprit = 1 + Math.floor(random() * 64);
		const answer = found(await bisect(history, simulate(history, { culprit, rate: 1, random, silence: () => 0.2 }), [], options));
		if (!Array.isArray(answer)) continue;
		t.true(answer.includes(culprit), `seed ${seed}: ${answer}, not ${culprit}`);
		if (answer.length === 1) right++;
	}
	t.true(right >= 39, `${right}`);
});

test('a commit of which no run tells anything is skipped, and its reason says how many were made', async (t) => {
	const history = line(16);
	const world = simulate(history, { culprit: 6, rate: 1, random: dice(1), silence: (commit) => (commit === 8 ? 1 : 0) });
	const bisected = await bisect(history, world, [], options);
	t.deepEqual(found(bisected), [6]);
	t.deepEqual(
		bisected.findings.filter(({ type }) => type === 'untestable'),
		[{ type: 'untestable', commit: 8, why: 'INCONCLUSIVE: hold not reached (5 runs told nothing)' }],
	);
});

test('a commit that has told something is never one that cannot be tested', async (t) => {
	const history = line(8);
	const silence = new Map<number, number>();
	const world = simulate(history, { culprit: 5, rate: 0.5, random: dice(7), silence: (commit) => silence.get(commit) ?? 0 });
	// Of the commits between the ends, each tells once.
	const once: World = {
		...world,
		async run(commit, _times, how) {
			const ran = await world.run(commit, 1, how);
			if (commit !== 0 && commit !== 8) silence.set(commit, 1);
			return ran;
		},
	};
	const { outcome, belief } = await bisect(history, once, [], options);
	t.deepEqual([...belief.untestable], []);
	t.is(outcome.kind, 'unsure');
});

test('commits that come to the same kernel are known without a run', async (t) => {
	const history = line(64);
	// Only every eighth commit changes anything that is built.
	const world = simulate(history, { culprit: 24, rate: 0.3, random: dice(5), identity: (commit) => `${Math.floor(commit / 8)}` });
	t.deepEqual(found(await bisect(history, world, [], options)), [24]);
	const other = simulate(history, { culprit: 24, rate: 0.3, random: dice(5) });
	await bisect(history, other, [], options);
	t.true(world.runs < other.runs, `${world.runs} ${other.runs}`);
});

test('both ends are looked at first, and a bisection that cannot be is refused', async (t) => {
	const history = line(8);
	const never = await bisect(history, simulate(history, { culprit: 3, rate: 0, random: dice(1) }), [], options);
	t.deepEqual(never.outcome, { kind: 'ends', why: 'the bad end does not fail: it passed 60 times' });
	const always = await bisect(history, simulate(history, { culprit: 3, rate: 1, goodRate: 1, random: dice(1) }), [], options);
	t.is(always.outcome.kind, 'ends');
	t.regex('why' in always.outcome ? always.outcome.why : '', /^the good end fails too/);
	const same = await bisect(history, simulate(history, { culprit: 3, rate: 1, random: dice(1), identity: () => 'x' }), [], options);
	t.regex('why' in same.outcome ? same.outcome.why : '', /same kernel/);
	const broken = await bisect(history, simulate(history, { culprit: 3, rate: 1, random: dice(1), untestable: () => true }), [], options);
	t.regex('why' in broken.outcome ? broken.outcome.why : '', /the bad end cannot be tested: does not build/);
});

test('no more runs are made than may be, those at the ends included, and how many were made is said', async (t) => {
	const history = line(64);
	const giveUp = async (mostRuns: number, rate: number) => {
		const world = simulate(history, { culprit: 40, rate, random: dice(11) });
		const { outcome } = await bisect(history, world, [], { ...options, mostRuns });
		t.is(world.runs, mostRuns);
		return 'why' in outcome ? outcome.why : outcome;
	};
	t.is(await giveUp(2, 1), '2 runs were not enough to know the bad end');
	t.is(await giveUp(20, 0), '20 runs were not enough to know the bad end');
	t.is(await giveUp(3, 1), '3 runs were not enough to know the good end');
	t.is(await giveUp(60, 0.2), '60 runs were not enough');
});

test('a rate that rose is bisected like a failure that came', async (t) => {
	const history = line(32);
	let right = 0;
	for (let seed = 1; seed <= 20; seed++) {
		const world = simulate(history, { culprit: 20, rate: 0.7, goodRate: 0.05, random: dice(seed) });
		const { outcome } = await bisect(history, world, [], options);
		if (outcome.kind === 'found' && outcome.suspects[0] === 20) right++;
	}
	t.true(right >= 18, `${right}`);
});

test('an error of ours votes for nothing, and the bisection goes on from what was found', async (t) => {
	const history = line(64);
	const straight = await bisect(history, simulate(history, { culprit: 40, rate: 1, random: dice(3) }), [], options);
	const kept: Finding[] = [];
	const world = simulate(history, { culprit: 40, rate: 1, random: dice(3) });
	let calls = 0;
	const fragile: World = {
		...world,
		async run(...args) {
			if (++calls % 3 === 0) throw new Error('QEMU is gone');
			return world.run(...args);
		},
	};
	const onFinding = async (finding: Finding) => void kept.push(finding);
	let outcome: Bisected | undefined;
	for (let tries = 0; tries < 20 && !outcome; tries++)
		outcome = await bisect(history, fragile, [...kept], { ...options, onFinding }).catch(() => undefined);
	t.deepEqual(outcome && found(outcome), [40]);
	t.deepEqual(kept, straight.findings);
});

test('a history with merges is followed along its branches', async (t) => {
	// 1 - 2 - 3 ------ 8
	//  \- 4 - 5 - 6 - 7/
	const parents: Record<number, number[]> = { 1: [0], 2: [1], 3: [2], 4: [1], 5: [4], 6: [5], 7: [6], 8: [3, 7] };
	const commits = Object.entries(parents).map(([id, from]): Commit => ({ id, title: '', parents: from.map(String) }));
	const history = historyOf({ id: '0', title: '' }, commits);
	for (let culprit = 1; culprit <= 8; culprit++) {
		const world = simulate(history, { culprit, rate: 1, random: dice(culprit) });
		t.deepEqual(found(await bisect(history, world, [], options)), [culprit]);
	}
});
