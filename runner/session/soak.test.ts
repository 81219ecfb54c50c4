import test from 'ava';
import { type RoundPlan, type Soak, type SoakEntry, soakExitCode } from '../model/soak.ts';
import { KernelError } from '../util/errors.ts';
import { randomFrom } from '../util/random.ts';
import type { Sighting } from './sightings.ts';
import { type RanRound, type SoakWorld, soak } from './soak.ts';
import { isSame, triesFor } from './soak-reduce.ts';

const minute = 60_000;
const killed = new Error('killed');

/** A kernel with bugs: what an entry shows, given a number that is random. */
type Bugs = (entry: SoakEntry, chance: () => number) => readonly string[];

interface Simulated extends SoakWorld {
	/** The state as it is on disk, and the run directories. */
	readonly disk: { state: Soak; readonly runs: Set<string> };
	readonly rounds: number[];
	readonly tried: SoakEntry[];
}

const plans: readonly (readonly string[])[] = [['a'], ['b', 'c', 'd'], ['e', 'f'], ['g', 'h', 'a', 'b']];

/** Each round runs one chain of `plans` in turn; `dieAt` is the how-manieth call of the world that a SIGKILL comes in. */
function world(bugs: Bugs, begun: Soak, { dieAt = 0, seed = 1, under }: { dieAt?: number; seed?: number; under?: string } = {}): Simulated {
	const chance = randomFrom(seed);
	let calls = 0;
	let runs = begun.rounds.length + begun.findings.reduce((sum, { tries }) => sum + tries.length, 0) + 100;
	const live = <T>(value: T): T => {
		if (++calls === dieAt) throw killed;
		return value;
	};
	const disk = { state: begun, runs: new Set<string>() };
	const rounds: number[] = [];
	const tried: SoakEntry[] = [];
	const entryOf = (number: number): SoakEntry => ({
		suite: 's',
		cases: plans[number % plans.length] ?? [],
		...(under !== undefined && { under }),
	});
	return {
		disk,
		rounds,
		tried,
		drain: new AbortController().signal,
		newRun: () => `run-${++runs}`,
		plan: (number): RoundPlan => ({ number, kind: 'chains', kernelSpec: 'debian:6.12', seed: number, entries: [entryOf(number)] }),
		async runRound(plan, run): Promise<RanRound> {
			rounds.push(plan.number);
			disk.runs.add(run);
			live(0);
			const [entry = entryOf(0)] = plan.entries;
			const sightings = entry.cases.flatMap((name, at): Sighting[] => {
				const upTo = { ...entry, cases: entry.cases.slice(0, at + 1) };
				const before = new Set(at === 0 ? [] : bugs({ ...entry, cases: entry.cases.slice(0, at) }, () => 0));
				return bugs(upTo, chance).flatMap((key) => (before.has(key) ? [] : [{ key, title: key, case: `s/${name}`, entry: upTo }]));
			});
			return { durationMs: minute, counts: { PASS: entry.cases.length }, bytes: 100, sightings };
		},
		async tryEntry(entry, { times, run }) {
			tried.push(entry);
			disk.runs.add(run);
			live(0);
			return { durationMs: 1000 * times, bytes: 10, shown: Array.from({ length: times }, () => bugs(entry, chance)) };
		},
		spentMs: async () => live(1000),
		async remove(run) {
			live(0);
			disk.runs.delete(run);
		},
		async keepOnly(known) {
			live(0);
			for (const run of disk.runs) if (!known.includes(run)) disk.runs.delete(run);
		},
		async save(state) {
			live(0);
			disk.state = JSON.parse(JSON.stringify(state)) as Soak;
		},
	};
}

const begin = (forMinutes: number, keepBytes = 1e9): Soak => ({
	schema: 1,
	id: 'x',
	started: '',
	command: [],
	kernels: ['debian:6.12'],
	config: 'kasan',
	patches: [],
	cases: [],
	seed: 1,
	forMs: forMinutes * minute,
	keepBytes,
	ranMs: 0,
	rounds: [],
	findings: [],
});

const deterministic: Bugs = ({ cases }) => (cases.includes('c') ? ['uaf'] : []);
const pair: Bugs = ({ cases }) => (cases.includes('g') && cases.indexOf('a') > cases.indexOf('g') ? ['pair'] : []);
const flaky: Bugs = ({ cases }, chance) => (cases.includes('f') && chance() < 0.3 ? ['race'] : []);

test('rounds run until the time is up, one after the other', async (t) => {
	const sim = world(() => [], begin(10));
	const state = await soak(begin(10), sim);
	t.deepEqual(sim.rounds, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
	t.is(state.ranMs, 10 * minute);
	t.truthy(state.ended);
	t.deepEqual(sim.disk.state.rounds, state.rounds);
});

test('a case that fails alone is reduced to itself, with its rate, its seed and where it was first seen', async (t) => {
	const sim = world(deterministic, begin(10));
	const { findings } = await soak(begin(10), sim);
	t.is(findings.length, 1);
	t.like(findings[0], { key: 'uaf', first: { round: 1, seed: 1, case: 's/c' }, entry: { suite: 's', cases: ['b', 'c'] } });
	t.like(findings[0]?.reduced, { entry: { suite: 's', cases: ['c'] }, shown: 5, tried: 5 });
	t.is(findings[0]?.times, 3, 'rounds 1, 5 and 9');
	t.is(sim.tried.length, 3, 'the whole, the case alone, and again for its rate');
});

test('a failure that needs two cases keeps both, in order, and loses the one between them', async (t) => {
	const { findings } = await soak(begin(10), world(pair, begin(10)));
	t.deepEqual(findings[0]?.entry.cases, ['g', 'h', 'a']);
	t.like(findings[0]?.reduced, { entry: { suite: 's', cases: ['g', 'a'] }, shown: 5, tried: 5 });
});

test('a failure that needs the fault keeps it; one that does not, does not', async (t) => {
	const under = 'memory-pressure,leaveMiB=256';
	const needs = world(({ cases, under: now }) => (cases.includes('c') && now !== undefined ? ['oom'] : []), begin(10), { under });
	t.deepEqual((await soak(begin(10), needs)).findings[0]?.reduced?.entry, { suite: 's', cases: ['c'], under });
	t.deepEqual((await soak(begin(10), world(deterministic, begin(10), { under }))).findings[0]?.reduced?.entry, {
		suite: 's',
		cases: ['c'],
	});
});

test('what fails three times in ten is reduced all the same, nearly always', async (t) => {
	const outcomes = await Promise.all(
		Array.from({ length: 40 }, async (_, at) => (await soak(begin(120), world(flaky, begin(120), { seed: at + 1 }))).findings[0]?.reduced),
	);
	const short = outcomes.filter((one) => one?.entry.cases.join() === 'f');
	t.true(short.length >= 36, `${short.length} of 40`);
	for (const one of short) t.true(one !== undefined && one.shown > 0 && one.shown < one.tried);
});

test('the fewer failures, the more tries a candidate gets', (t) => {
	t.deepEqual(
		[5, 4, 3, 2, 1].map((shown) => triesFor({ shown, tried: 5 })),
		[3, 4, 6, 9, 12],
	);
});

test('what does not come again is kept as it was seen, and says so', async (t) => {
	let seen = 0;
	const once: Bugs = ({ cases }) => (cases.includes('d') && seen++ < 1 ? ['once'] : []);
	const { findings } = await soak(begin(5), world(once, begin(5)));
	t.like(findings[0], { key: 'once', reduced: { entry: { suite: 's', cases: ['b', 'c', 'd'] }, shown: 0, tried: 10 } });
	t.is(findings[0]?.evidence, undefined);
});

test('a failure whose tries break is not reduced, and the soak goes on; a few that broke are made again', async (t) => {
	const sim = world((entry, chance) => [...deterministic(entry, chance), ...pair(entry, chance)], begin(12));
	let left = 2;
	const breaking: SoakWorld = {
		...sim,
		async tryEntry(entry, how) {
			const tried = await sim.tryEntry(entry, how);
			const isBroken = entry.cases.includes('c') || (entry.cases.includes('g') && left-- > 0);
			return isBroken ? { ...tried, shown: [] } : tried;
		},
	};
	const { findings, rounds, ended } = await soak(begin(12), breaking);
	t.true(ended !== undefined && rounds.length > 8);
	t.like(findings[0], { key: 'uaf', untold: 3, unreduced: 'its tries broke', reduced: undefined });
	t.like(findings[1], { key: 'pair', untold: 2, reduced: { entry: { suite: 's', cases: ['g', 'a'] }, shown: 5, tried: 5 } });
	t.is(sim.tried.filter(({ cases }) => cases.includes('c')).length, 3);
	const kept = new Set([...rounds.map(({ run }) => run), ...findings.flatMap(({ evidence }) => evidence?.run ?? [])]);
	t.deepEqual(
		[...sim.disk.runs].filter((run) => !kept.has(run)),
		[],
	);
});

test('directories stay within the bound: old rounds go, evidence stays', async (t) => {
	const sim = world(deterministic, begin(12, 350));
	const { rounds, findings } = await soak(begin(12, 350), sim);
	t.false(rounds[0]?.isRemoved ?? false, 'it is where the failure was first seen');
	t.true(rounds[1]?.isRemoved);
	const kept = rounds.filter(({ isRemoved }) => !isRemoved).map(({ run }) => run);
	t.deepEqual([...sim.disk.runs].sort(), [...kept, findings[0]?.evidence?.run ?? ''].sort());
	t.true(kept.length * 100 + 10 <= 350);
});

test('a soak that is drained has its state, and goes on with the next round', async (t) => {
	const drain = new AbortController();
	const sim = world(deterministic, begin(10));
	const stopping: SoakWorld = {
		...sim,
		drain: drain.signal,
		async runRound(plan, run, left) {
			if (plan.number === 5) drain.abort();
			return sim.runRound(plan, run, left);
		},
	};
	const cut = await soak(begin(10), stopping);
	t.is(cut.ended, undefined);
	t.is(cut.rounds.length, 5);
	const again = world(deterministic, cut);
	const whole = await soak(cut, again);
	t.is(again.rounds[0], 6);
	t.is(whole.ranMs >= 10 * minute, true);
});

test('a kill at any step loses nothing: the soak goes on to the same findings', async (t) => {
	const bugs: Bugs = (entry, chance) => [...deterministic(entry, chance), ...pair(entry, chance)];
	const whole = await soak(begin(12), world(bugs, begin(12)));
	const told = ({ findings }: Soak) =>
		findings.map(({ key, reduced }) => [key, reduced?.entry.cases.join(), reduced?.shown, reduced?.tried]);
	t.deepEqual(told(whole), [
		['uaf', 'c', 5, 5],
		['pair', 'g,a', 5, 5],
	]);
	let deaths = 0;
	for (let dieAt = 1; ; dieAt++) {
		const first = world(bugs, begin(12), { dieAt });
		const error = await soak(begin(12), first).then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		if (error === undefined) break;
		t.is(error, killed);
		deaths++;
		const second = world(bugs, first.disk.state);
		for (const run of first.disk.runs) second.disk.runs.add(run);
		const state = await soak(first.disk.state, second);
		t.deepEqual(told(state), told(whole), `killed at step ${dieAt}`);
		t.deepEqual(
			state.rounds.map(({ number }) => number),
			whole.rounds.map(({ number }) => number),
			`killed at step ${dieAt}`,
		);
		const known = new Set([...state.rounds.map(({ run }) => run), ...state.findings.flatMap(({ evidence }) => evidence?.run ?? [])]);
		t.deepEqual(
			[...second.disk.runs].filter((run) => !known.has(run)),
			[],
			`directories that nobody knows, killed at step ${dieAt}`,
		);
	}
	t.true(deaths > 50, `${deaths} steps`);
});

test('a kernel that cannot be tested ends it; so do rounds in which nothing runs', async (t) => {
	const sim = world(() => [], begin(10));
	const nothing = { durationMs: 1, counts: {}, bytes: 0, sightings: [] };
	await t.throwsAsync(soak(begin(10), { ...sim, runRound: async () => ({ ...nothing, untestable: 'did not boot' }) }), {
		instanceOf: KernelError,
		message: /no case ran in 5 rounds: did not boot/,
	});
	await t.throwsAsync(soak(begin(10), { ...sim, runRound: async () => ({ ...nothing, problem: 'no such function' }) }), {
		message: /no case ran in 5 rounds: no such function/,
	});
});

test('a kernel that does not boot once costs a round, not the soak', async (t) => {
	const sim = world(() => [], begin(10));
	const once: SoakWorld = {
		...sim,
		runRound: async (plan, run, left) =>
			plan.number === 2
				? { durationMs: minute, counts: {}, bytes: 0, sightings: [], problem: 'did not boot', untestable: 'did not boot' }
				: sim.runRound(plan, run, left),
	};
	const state = await soak(begin(10), once);
	t.is(state.rounds.length, 10);
	t.is(state.rounds[1]?.problem, 'did not boot');
});

test('a soak that found something ends with it when nothing runs any more, and can go on', async (t) => {
	const sim = world(deterministic, begin(20));
	const dying: SoakWorld = {
		...sim,
		runRound: async (plan, run, left) =>
			plan.number > 2
				? { durationMs: minute, counts: {}, bytes: 0, sightings: [], problem: 'did not boot', untestable: 'did not boot' }
				: sim.runRound(plan, run, left),
	};
	const state = await soak(begin(20), dying);
	t.is(soakExitCode(state), 1);
	t.is(state.rounds.length, 7);
	t.is(state.ended, undefined);
});

test('entries are the same when they run the same', (t) => {
	t.true(isSame({ suite: 's', cases: ['a'] }, { suite: 's', cases: ['a'] }));
	t.false(isSame({ suite: 's', cases: ['a', 'b'] }, { suite: 's', cases: ['b', 'a'] }));
	t.false(isSame({ suite: 's', cases: ['a'] }, { suite: 's', cases: ['a'], under: 'x' }));
});
