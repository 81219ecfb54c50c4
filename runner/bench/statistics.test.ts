import test from 'ava';
import { inTurns, median, secondsOf } from './statistics.ts';

test('the median is the middle sample, or the mean of the two in the middle, whatever their order', (t) => {
	t.is(median([3, 1, 2]), 2);
	t.is(median([10, 1, 4, 2]), 3);
	t.is(median([7]), 7);
	t.is(median([9, 10, 100]), 10);
	t.true(Number.isNaN(median([])));
});

test('samples are taken in turns, and the first round is thrown away', async (t) => {
	const order: string[] = [];
	let n = 0;
	const take = (name: string) => async () => {
		order.push(name);
		return n++;
	};
	const samples = await inTurns(2, { a: take('a'), b: take('b') });
	t.is(order.join(''), 'ababab');
	t.deepEqual(samples, { a: [2, 4], b: [3, 5] });
});

test('seconds are seconds', async (t) => {
	const took = await secondsOf(() => new Promise((resolve) => setTimeout(resolve, 20)));
	t.true(took >= 0.019 && took < 5);
});
