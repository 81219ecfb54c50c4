import test from 'ava';
import type { Finding } from '../model/bisection.ts';
import { freshSeeds } from './fresh-seeds.ts';

/** What a run of `times` with a retry may take. */
const takenBy = (first: number, times: number) => Array.from({ length: times + 1 }, (_, at) => first + at);

test('no two attempts of a bisection have the same seed, also after it went on', (t) => {
	const seeds = freshSeeds(100, []);
	const before = [...takenBy(seeds.take(3), 3), ...takenBy(seeds.take(32), 32)];
	const findings: Finding[] = [
		{ type: 'kernel', commit: 8, identity: 'k' },
		// Of 35 attempts most told nothing.
		{ type: 'runs', commit: 8, failed: 1, passed: 2, seeds: seeds.taken() },
		{ type: 'untestable', commit: 4, why: 'does not build' },
	];
	const after = takenBy(freshSeeds(100, findings).take(8), 8);
	const all = [...before, ...after];
	t.is(before[0], 100);
	t.is(new Set(all).size, all.length);
});

test('of a bisection of before, which does not say, as many are taken as voted', (t) => {
	const findings: Finding[] = [
		{ type: 'runs', commit: 8, failed: 3, passed: 0 },
		{ type: 'runs', commit: 0, failed: 0, passed: 2 },
	];
	t.is(freshSeeds(100, findings).take(1), 105);
});
