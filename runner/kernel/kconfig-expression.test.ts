import test from 'ava';
import { describe, evaluate, parseExpression, shortfalls } from './kconfig-expression.ts';

const config: Readonly<Record<string, string>> = { Y: 'y', M: 'm', N: 'n', BITS: '64', NAME: 'gcc', '64BIT': 'y' };
const values = (name: string) => config[name] ?? 'n';
const value = (text: string) => evaluate(parseExpression(text), values);

test('and is the lesser, or the greater, not the opposite', (t) => {
	t.deepEqual(['Y && M', 'Y || M', '!M', '!N', '!Y && Y', 'N || M && Y'].map(value), [1, 2, 1, 2, 0, 1]);
});

test('and binds tighter than or, and parentheses tighter still', (t) => {
	t.is(value('Y || N && N'), 2);
	t.is(value('(Y || N) && N'), 0);
});

test('comparisons know numbers and text', (t) => {
	t.deepEqual(['BITS >= 9', 'BITS < 100', 'NAME = "gcc"', 'M!=y', 'N=n'].map(value), [2, 2, 2, 2, 2]);
});

test('a symbol may begin with a digit', (t) => {
	t.is(value('64BIT'), 2);
});

test('a macro is taken as true, with whatever parentheses it holds', (t) => {
	t.is(value('$(success,f (a) (b)) && Y'), 2);
});

test('what is short is cut down to the parts that are', (t) => {
	const short = shortfalls(parseExpression('Y && (N || NAME = "clang") && M'), 2, values);
	t.deepEqual(
		short.map((part) => describe(part, values)),
		['N [=n] || NAME [=gcc]="clang"', 'M [=m]'],
	);
});
