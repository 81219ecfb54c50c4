import test from 'ava';
import { between, pick, randomFrom, shuffled } from './random.ts';

test('equal seeds give equal numbers, different ones different', (t) => {
	const numbers = (seed: number) => Array.from({ length: 5 }, randomFrom(seed));
	t.deepEqual(numbers(7), numbers(7));
	t.notDeepEqual(numbers(7), numbers(8));
	t.true(numbers(7).every((one) => one >= 0 && one < 1));
});

test('a shuffle keeps everything, a pick is one of them, a range has both its ends', (t) => {
	const random = randomFrom(1);
	const items = [1, 2, 3, 4, 5, 6, 7, 8];
	t.deepEqual(
		shuffled(random, items).sort((a, b) => a - b),
		items,
	);
	t.true(items.includes(pick(random, items) ?? 0));
	t.is(pick(random, []), undefined);
	t.deepEqual([...new Set(Array.from({ length: 100 }, () => between(random, 1, 3)))].sort(), [1, 2, 3]);
});
