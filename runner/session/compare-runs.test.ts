import test from 'ava';
import type { Attempt, CaseResult, Run, Splat, Status } from '../model/run.ts';
import { compareRuns, hasVoted, mergeRuns } from './compare-runs.ts';

const options = { id: 'x', made: '2026-11-25T00:00:00Z', threshold: 0.05, names: { base: 'a', head: 'b' } };
const splat = (title: string): Splat => ({ kind: 'KASAN', title, fingerprint: title, isFailure: true, stacks: [], text: '' });

function attempts(status: Status, times: number, said: Partial<Attempt> = {}): Attempt[] {
	const empty = { assertions: [], evidence: [], splats: [], leftOvers: [], counters: {}, measured: {}, dir: '' };
	return Array.from({ length: times }, (_, at) => ({ status, durationMs: 100 + at, ...empty, ...said }));
}

function runOf(cases: Readonly<Record<string, readonly Attempt[]>>, kernelSpec = 'debian:6.12'): Run {
	const results = Object.entries(cases).map(
		([name, tries]): CaseResult => ({
			suite: 's',
			case: name,
			summary: '',
			status:
				(['FAIL', 'ERROR', 'PASS', 'SKIP', 'INCONCLUSIVE'] as const).find((one) => tries.some(({ status }) => status === one)) ?? 'MISS',
			durationMs: 1,
			attempts: tries,
			reproduce: '',
		}),
	);
	const job = { id: `s.${kernelSpec}`, suite: 's', kernelSpec, config: 'kasan', status: 'PASS' as const, durationMs: 1, cases: results };
	return { id: kernelSpec, jobs: [job] } as unknown as Run;
}

const kinds = (base: Run, head: Run) => compareRuns(base, head, options).changes.map(({ case: name, kind }) => `${name} ${kind}`);

test('a case that passes and then always fails is broken, the converse is fixed', (t) => {
	const good = runOf({ a: attempts('PASS', 5) });
	const bad = runOf({ a: attempts('FAIL', 5) });
	t.deepEqual(kinds(good, bad), ['s/a broken']);
	t.is(compareRuns(good, bad, options).verdict, 'regression');
	t.deepEqual(kinds(bad, good), ['s/a fixed']);
	t.is(compareRuns(bad, good, options).verdict, 'no regression');
});

test('one failure in five proves nothing, and is no regression', (t) => {
	const head = runOf({ a: [...attempts('PASS', 4), ...attempts('FAIL', 1)] });
	const found = compareRuns(runOf({ a: attempts('PASS', 5) }), head, options);
	t.is(found.changes[0]?.kind, 'maybe-broken');
	t.is(found.changes[0]?.p, 1);
	t.is(found.verdict, 'no regression');
});

test('what always fails and never did is broken even where chance does as much, from three failures on', (t) => {
	const compared = (before: number, after: number, threshold: number) => {
		const runs = [runOf({ a: attempts('PASS', before) }), runOf({ a: attempts('FAIL', after) })] as const;
		const { changes, verdict, sees } = compareRuns(...runs, { ...options, threshold });
		return [changes[0]?.kind, changes[0]?.by, verdict, sees];
	};
	t.deepEqual(compared(3, 3, 0.05), ['broken', 'consistent', 'regression', 1]);
	t.deepEqual(compared(3, 4, 0.001), ['broken', 'consistent', 'regression', 1]);
	// A run that passed, and a failure whose reruns failed, too.
	t.deepEqual(compared(1, 3, 0.05), ['broken', 'consistent', 'regression', 1]);
	for (const [before, after] of [
		[2, 2],
		[5, 2],
		[1, 1],
	] as const)
		t.deepEqual(compared(before, after, 0.001), ['maybe-broken', undefined, 'no regression', undefined], `${before} ${after}`);
	t.deepEqual(kinds(runOf({ a: attempts('FAIL', 2) }), runOf({ a: attempts('PASS', 3) })), ['s/a maybe-fixed']);
});

test('a flake of 30 % that was not there before is found by thirty runs', (t) => {
	const head = runOf({ a: [...attempts('PASS', 21), ...attempts('FAIL', 9)] });
	const [change] = compareRuns(runOf({ a: attempts('PASS', 30) }), head, options).changes;
	t.is(change?.kind, 'broken');
	t.true((change?.p ?? 1) < 0.01);
	t.true((change?.head.interval[0] ?? 0) > 0.1);
});

test('what fails on both sides is still failing; a rate that changed is told', (t) => {
	t.deepEqual(kinds(runOf({ a: attempts('FAIL', 5) }), runOf({ a: attempts('FAIL', 5) })), ['s/a still-failing']);
	const often = runOf({ a: [...attempts('PASS', 2), ...attempts('FAIL', 18)] });
	const seldom = runOf({ a: [...attempts('PASS', 18), ...attempts('FAIL', 2)] });
	t.deepEqual(kinds(seldom, often), ['s/a broken']);
	t.deepEqual(kinds(often, seldom), ['s/a fixed']);
});

test('many cases tested at once ask for more proof of each', (t) => {
	const flaky = (n: number) => [...attempts('PASS', 20 - n), ...attempts('FAIL', n)];
	const alone = runOf({ a: flaky(6) });
	t.deepEqual(kinds(runOf({ a: flaky(0) }), alone), ['s/a broken']);
	const names = ['a', 'b', 'c', 'd'];
	const all = (n: number) => runOf(Object.fromEntries(names.map((name) => [name, flaky(name === 'a' ? n : 3)])));
	t.is(compareRuns(all(0), all(6), options).changes.find((one) => one.case === 's/a')?.kind, 'maybe-broken');
});

test('cases that break for good are broken however many there are, and the converse is fixed', (t) => {
	for (const [count, times] of [
		[7, 5],
		[20, 5],
		[2, 4],
		[30, 6],
	] as const) {
		const all = (status: Status) =>
			runOf(Object.fromEntries(Array.from({ length: count }, (_, at) => [`case-${at}`, attempts(status, times)])));
		const found = compareRuns(all('PASS'), all('FAIL'), options);
		t.is(found.verdict, 'regression');
		t.is(found.changes.filter(({ kind }) => kind === 'broken').length, count);
		t.is(compareRuns(all('FAIL'), all('PASS'), options).changes.filter(({ kind }) => kind === 'fixed').length, count);
	}
});

test('errors of ours, lost evidence and skips do not vote', (t) => {
	const base = runOf({ a: attempts('PASS', 3), b: attempts('PASS', 3), c: attempts('PASS', 3) });
	const head = runOf({ a: [...attempts('ERROR', 2), ...attempts('PASS', 3)], b: attempts('INCONCLUSIVE', 3), c: attempts('SKIP', 1) });
	t.deepEqual(kinds(base, head), ['s/b unproved', 's/c skip']);
	t.deepEqual(head.jobs[0]?.cases.map(hasVoted), [true, false, false]);
});

test('a side on which most runs lost their proof is told, and is no regression', (t) => {
	const good = runOf({ a: attempts('PASS', 5) });
	for (const status of ['INCONCLUSIVE', 'ERROR', 'SKIP'] as const) {
		const thin = runOf({ a: [...attempts('PASS', 1), ...attempts(status, 4, { reason: 'lost' })] });
		const found = compareRuns(good, thin, options);
		t.deepEqual(kinds(good, thin), ['s/a fewer-votes']);
		t.deepEqual(kinds(thin, good), ['s/a fewer-votes']);
		t.is(found.verdict, 'no regression');
		t.like(found.changes[0]?.head, { failed: 0, votes: 1, attempts: 5, reason: 'lost' });
		t.deepEqual(kinds(thin, thin), []);
	}
	t.deepEqual(kinds(good, runOf({ a: [...attempts('PASS', 3), ...attempts('INCONCLUSIVE', 2)] })), []);
	const fails = runOf({ a: [...attempts('FAIL', 1), ...attempts('INCONCLUSIVE', 4)] });
	t.deepEqual(kinds(good, fails), ['s/a maybe-broken']);
});

test('cases of one side only are listed; the kernel matters only where there are several', (t) => {
	const found = compareRuns(
		runOf({ a: attempts('PASS', 1), b: attempts('PASS', 1) }),
		runOf({ a: attempts('PASS', 1) }, 'linux#v7'),
		options,
	);
	t.deepEqual(found.onlyBase, ['s/b']);
	t.is(found.same, 1);
});

test('splats are told by fingerprint, with the attempts that show them', (t) => {
	const base = runOf({ a: attempts('FAIL', 2, { splats: [splat('old')] }) });
	const head = runOf({ a: attempts('FAIL', 2, { splats: [splat('old'), splat('new')] }) });
	t.deepEqual(
		compareRuns(base, head, options).splats.map(({ title, base: before, head: after }) => [title, before, after]),
		[
			['old', 2, 2],
			['new', 0, 2],
		],
	);
});

test('a shift of the times is told with its size, a small one is not', (t) => {
	const slow = runOf({ a: attempts('PASS', 6).map((one) => ({ ...one, durationMs: one.durationMs * 2 })) });
	const [shift] = compareRuns(runOf({ a: attempts('PASS', 6) }), slow, options).timings;
	t.is(shift?.effect, 1);
	t.deepEqual(compareRuns(runOf({ a: attempts('PASS', 6) }), runOf({ a: attempts('PASS', 6) }), options).timings, []);
});

test('how small a failure rate would have been seen is said', (t) => {
	t.is(compareRuns(runOf({ a: attempts('PASS', 5) }), runOf({ a: attempts('PASS', 5) }), options).sees, 0.8);
	t.is(compareRuns(runOf({ a: attempts('PASS', 1) }), runOf({ a: attempts('PASS', 1) }), options).sees, undefined);
	t.is(compareRuns(runOf({ a: attempts('PASS', 3) }), runOf({ a: attempts('PASS', 3) }), options).sees, 1);
});

test('what would have been seen is less where other cases fail, too: what fails as often as is said is broken, once less is not', (t) => {
	const failing = (n: number) => [...attempts('PASS', 10 - n), ...attempts('FAIL', n)];
	const others = { b: failing(1), c: failing(2), d: failing(3) };
	const compared = (n: number) => compareRuns(runOf({ a: failing(0), ...others }), runOf({ a: failing(n), ...others }), options);
	t.is(compared(0).sees, 0.6);
	const kindOfA = (n: number) => compared(n).changes.find((one) => one.case === 's/a')?.kind;
	t.is(kindOfA(6), 'broken');
	t.is(kindOfA(5), 'maybe-broken');
});

test('runs of the same jobs are one: their attempts one after the other', (t) => {
	const merged = mergeRuns([runOf({ a: attempts('PASS', 1) }), runOf({ a: attempts('FAIL', 1) }), runOf({ a: attempts('PASS', 1) })]);
	t.is(merged.jobs[0]?.cases[0]?.attempts.length, 3);
	t.is(merged.jobs[0]?.cases[0]?.status, 'FAIL');
});

test('a head that does not build is untestable', (t) => {
	const head = runOf({ a: [] });
	const broken = { ...head, jobs: head.jobs.map((job) => ({ ...job, problem: { message: 'x.c:1: error', log: [] } })) };
	t.is(compareRuns(runOf({ a: attempts('PASS', 1) }), broken, options).verdict, 'untestable');
});

test('where no case voted on both sides nothing is proved, and the worst reason is told', (t) => {
	const good = runOf({ a: attempts('PASS', 3), b: attempts('PASS', 3) });
	const unproved = runOf({ a: attempts('INCONCLUSIVE', 3), b: attempts('SKIP', 1) });
	const lost = runOf({ a: attempts('INCONCLUSIVE', 3), b: attempts('ERROR', 2) });
	const proved = (base: Run, head: Run) => {
		const { verdict, unproved: why } = compareRuns(base, head, options);
		return `${verdict}: ${why?.case} ${why?.status}`;
	};
	t.is(proved(good, unproved), 'untestable: s/a INCONCLUSIVE');
	t.is(proved(unproved, good), 'untestable: s/a INCONCLUSIVE');
	t.is(proved(lost, lost), 'untestable: s/b ERROR');
	t.is(proved(good, runOf({ a: attempts('PASS', 3), b: attempts('ERROR', 2) })), 'no regression: undefined undefined');
});

/** Numbers that look random and are the same each time (mulberry32). */
function dice(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let x = Math.imul(state ^ (state >>> 15), 1 | state);
		x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
		return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Thirty cases, run `times` times each, that fail at the rates given and never where none is. */
function dicedRun(random: () => number, times: number, rates: Readonly<Record<string, number>>): Run {
	const names = [...Object.keys(rates), ...Array.from({ length: 30 - Object.keys(rates).length }, (_, at) => `steady-${at}`)];
	const attemptsOf = (name: string) =>
		Array.from({ length: times }, () => attempts(random() < (rates[name] ?? 0) ? 'FAIL' : 'PASS', 1)).flat();
	return runOf(Object.fromEntries(names.map((name) => [name, attemptsOf(name)])));
}

test('kernels that are the same, flakes and all, are called a regression in none of 20 comparisons', (t) => {
	const flaky = { a: 0.1, b: 0.3 };
	const verdicts = Array.from({ length: 20 }, (_, seed) => {
		const random = dice(seed + 1);
		return compareRuns(dicedRun(random, 20, flaky), dicedRun(random, 20, flaky), options).verdict;
	});
	t.is(verdicts.filter((verdict) => verdict === 'regression').length, 0);
});

test('what fails now and then does not fail each time of a handful', (t) => {
	const flaky = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`flaky-${at}`, 0.1 + at / 50]));
	const broken = Array.from({ length: 20 }, (_, seed) => {
		const random = dice(seed + 200);
		return compareRuns(dicedRun(random, 5, flaky), dicedRun(random, 5, flaky), options).changes.filter(({ kind }) => kind === 'broken');
	});
	t.deepEqual(broken.flat(), []);
});

test('a flake of 30 % that the head brings is found in nearly all of 20 comparisons of 30 runs', (t) => {
	const found = Array.from({ length: 20 }, (_, seed) => {
		const random = dice(seed + 100);
		return compareRuns(dicedRun(random, 30, { a: 0 }), dicedRun(random, 30, { a: 0.3 }), options).changes.some(
			(one) => one.case === 's/a' && one.kind === 'broken',
		);
	});
	t.true(found.filter(Boolean).length >= 18, `${found.filter(Boolean).length}`);
});
