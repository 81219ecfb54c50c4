import test from 'ava';
import { parseBackground } from '../fault/background.ts';
import { planRound, type SoakCase, type SoakDeck } from './soak-plan.ts';

const named = (suite: string, name: string, more: Partial<SoakCase> = {}): SoakCase => ({
	suite,
	case: name,
	guest: 'real',
	holds: [],
	disks: ['cache'],
	modules: ['netfs', 'cachefiles'],
	isFaulty: false,
	...more,
});
const suites = ['s', 't', 'u'];
const cases = suites.flatMap((suite) => Array.from({ length: 30 }, (_, at) => named(suite, `c${at}`)));
const deck: SoakDeck = { seed: 7, kernels: ['debian:6.12', 'debian:6.1'], cases };
const rounds = (of: SoakDeck, count: number) => Array.from({ length: count }, (_, at) => planRound(of, at + 1));

test('a round follows from the seed and its number', (t) => {
	t.deepEqual(planRound(deck, 9), planRound(deck, 9));
	t.notDeepEqual(planRound(deck, 9).entries, planRound({ ...deck, seed: 8 }, 9).entries);
	const seeds = rounds(deck, 40).map(({ seed }) => seed);
	t.is(new Set(seeds).size, 40);
});

test('a pass deals every case once, in an order of its own', (t) => {
	const dealt: string[] = [];
	let number = 1;
	for (; dealt.length < cases.length; number++)
		dealt.push(...planRound(deck, number).entries.flatMap(({ suite, cases: some }) => some.map((name) => `${suite}/${name}`)));
	t.is(dealt.length, cases.length);
	t.is(new Set(dealt).size, cases.length);
	t.notDeepEqual(
		dealt,
		cases.map((one) => `${one.suite}/${one.case}`),
	);
	const next = planRound(deck, number).entries.flatMap(({ cases: some }) => some);
	t.notDeepEqual(
		next,
		planRound(deck, 1).entries.flatMap(({ cases: some }) => some),
	);
});

test('chains have one to six cases, of one suite and one kind of guest', (t) => {
	const mixed = cases.map((one, at) => ({ ...one, guest: at % 2 === 0 ? 'real' : 'warp' }));
	const all = rounds({ ...deck, cases: mixed }, 60).flatMap(({ entries }) => entries);
	const lengths = all.map((entry) => entry.cases.length);
	t.deepEqual([...new Set(lengths)].sort(), [1, 2, 3, 4, 5, 6]);
	const places = all.map((entry) => entry.cases.map((name) => mixed.findIndex((one) => one.suite === entry.suite && one.case === name)));
	t.true(
		places.some((chain) => chain.some((place, at) => place < (chain[at - 1] ?? 0))),
		'the cases of chains are in the order of their suite',
	);
	for (const entry of all) {
		const guests = entry.cases.map((name) => mixed.find((one) => one.suite === entry.suite && one.case === name)?.guest);
		t.is(new Set(guests).size, 1, entry.cases.join(' '));
	}
});

test('kernels take turns', (t) => {
	t.deepEqual(
		rounds(deck, 4).map(({ kernelSpec }) => kernelSpec),
		['debian:6.12', 'debian:6.1', 'debian:6.12', 'debian:6.1'],
	);
});

test('some rounds are under faults, each of which can be read and fits what the suite has', (t) => {
	const bare = [named('s', 'a', { disks: [], isFaulty: true }), named('s', 'b', { disks: [] })];
	const all = rounds(deck, 60);
	const under = all.flatMap(({ entries }) => entries.flatMap((entry) => entry.under ?? []));
	t.deepEqual([...new Set(under.map((text) => text.split(',')[0]))].sort(), [
		'caches-dropping',
		'disk-throttled',
		'page-failure',
		'slab-failure',
	]);
	for (const text of under) t.not(typeof parseBackground(text), 'string', text);
	t.true(all.some(({ kind }) => kind === 'chains'));
	for (const { entries } of rounds({ ...deck, cases: bare }, 60))
		for (const entry of entries) if (entry.cases.includes('a') && entry.under !== undefined) t.regex(entry.under, /^caches-dropping/);
});

test('some rounds move a hold of a case that has a race, and of no other', (t) => {
	const racing = [...cases, named('r', 'race', { holds: ['daemon@f', 'mounter@g'] })];
	const sweeps = rounds({ ...deck, cases: racing }, 80).filter(({ kind }) => kind === 'sweep');
	t.deepEqual([...new Set(sweeps.map(({ sweep }) => sweep))].sort(), ['daemon@f', 'mounter@g']);
	for (const { entries } of sweeps) t.deepEqual(entries, [{ suite: 'r', cases: ['race'] }]);
	t.false(rounds(deck, 80).some(({ kind }) => kind === 'sweep'));
	// A few races alone are swept as well.
	t.true(rounds({ ...deck, cases: [named('r', 'race', { holds: ['daemon@f'] })] }, 10).some(({ kind }) => kind === 'sweep'));
});
