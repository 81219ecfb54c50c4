import test from 'ava';
import { ddmin } from './ddmin.ts';

/** Reduces, and counts the questions. */
async function reduce(items: readonly string[], needs: readonly string[]) {
	const asked: string[] = [];
	const left = await ddmin(items, async (some) => {
		asked.push(some.join(''));
		return needs.every((one) => some.includes(one));
	});
	return { left: left.join(''), asked };
}

const letters = [...'abcdefgh'];

test('one item that is enough is found, wherever it is, in few questions', async (t) => {
	for (const one of letters) {
		const { left, asked } = await reduce(letters, [one]);
		t.is(left, one);
		t.true(asked.length <= 6, asked.join(' '));
	}
});

test('every pair that is needed is found, in order', async (t) => {
	for (const [at, one] of letters.entries())
		for (const other of letters.slice(at + 1)) t.is((await reduce(letters, [other, one])).left, `${one}${other}`);
});

test('what is needed whole stays whole; one item or none needs no question', async (t) => {
	t.is((await reduce(letters, letters)).left, letters.join(''));
	t.deepEqual(await reduce(['a'], ['a']), { left: 'a', asked: [] });
	t.deepEqual(await reduce([], []), { left: '', asked: [] });
});

test('no candidate is empty or the whole', async (t) => {
	for (const needs of [['a', 'h'], ['d'], letters]) {
		const { asked } = await reduce(letters, needs);
		t.false(asked.includes(''), 'an empty list');
		t.false(asked.includes(letters.join('')), 'the whole list');
	}
});
