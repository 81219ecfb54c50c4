import test from 'ava';
import { parseBackground } from '../fault/background.ts';
import { recipeWords } from '../model/recipe.ts';
import type { Case } from '../suite/load.ts';
import { entryOf, recipeOf } from './recipe.ts';

const named = (name: string, more: Partial<Case> = {}) => ({ name, summary: `of ${name}`, alone: false, ...more }) as Case;
const under = parseBackground('memory-pressure,leaveMiB=256');
if (typeof under === 'string') throw new Error(under);

test('a plain case is itself, and needs no recipe', (t) => {
	const only = named('a');
	t.is(entryOf([only]), only);
	t.is(recipeOf(only), undefined);
});

test('a chain names its cases in order, and is alone when one of them must be', (t) => {
	const chain = entryOf([named('b'), named('a', { alone: true })]);
	t.is(chain.name, 'b+a');
	t.true(chain.alone);
	t.is(recipeWords('s', recipeOf(chain) ?? { cases: [] }).join(' '), 's/b s/a --chain');
});

test('a case under a fault keeps its race; a chain has those of its cases', (t) => {
	const race = {} as NonNullable<Case['race']>;
	const one = entryOf([named('a', { race })], under);
	t.is(one.name, 'a~memory-pressure');
	t.is(one.race, race);
	t.deepEqual(recipeOf(one), { cases: ['a'], under: 'memory-pressure,leaveMiB=256' });
	t.is(entryOf([named('a', { race }), named('b')], under).race, undefined);
});

test('an order of a sweep is its case and what was moved', (t) => {
	t.deepEqual(recipeOf(named('a@f+0x1', { orderOf: { name: 'a', sweep: 'daemon@m:f+0x1' } })), { cases: ['a'], sweep: 'daemon@m:f+0x1' });
});
