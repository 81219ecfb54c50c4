import test from 'ava';
import { fisherExact, holm, leastProof, rateInterval } from './rates.ts';
import { shiftBetween } from './shift.ts';

const near = (t: { true(value: boolean, message?: string): unknown }, value: number, wanted: number) =>
	t.true(Math.abs(value - wanted) < 5e-4, `${value} is not ${wanted}`);

test('Fisher’s exact test gives what R’s fisher.test gives', (t) => {
	near(t, fisherExact({ failed: 0, votes: 5 }, { failed: 5, votes: 5 }), 0.007937);
	near(t, fisherExact({ failed: 3, votes: 4 }, { failed: 1, votes: 4 }), 0.4857);
	near(t, fisherExact({ failed: 0, votes: 20 }, { failed: 6, votes: 20 }), 0.02024);
	t.is(fisherExact({ failed: 0, votes: 9 }, { failed: 0, votes: 9 }), 1);
	t.is(fisherExact({ failed: 4, votes: 4 }, { failed: 7, votes: 7 }), 1);
	t.is(fisherExact({ failed: 0, votes: 0 }, { failed: 7, votes: 7 }), 1);
});

test('the interval of a rate is Clopper and Pearson’s', (t) => {
	const [low, high] = rateInterval({ failed: 2, votes: 10 });
	near(t, low, 0.02521);
	near(t, high, 0.5561);
	t.deepEqual(rateInterval({ failed: 0, votes: 0 }), [0, 1]);
	near(t, rateInterval({ failed: 0, votes: 20 })[1], 0.1684);
	t.is(rateInterval({ failed: 5, votes: 5 })[1], 1);
});

test('how many failures prove a change', (t) => {
	t.is(leastProof(5, 5, 0.05), 4);
	t.is(leastProof(1, 1, 0.05), undefined);
	t.is(leastProof(20, 20, 0.05), 5);
});

test('Holm’s correction is that of R’s p.adjust', (t) => {
	t.deepEqual(
		holm([0.01, 0.04, 0.03]).map((p) => Math.round(p * 1000) / 1000),
		[0.03, 0.06, 0.06],
	);
});

test('Mann and Whitney’s test gives what R’s wilcox.test gives', (t) => {
	near(t, shiftBetween([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]).p, 0.007937);
	near(t, shiftBetween([1.1, 2.2, 3.3, 4.4], [2.1, 3.1, 4.1, 5.1]).p, 0.6857);
	// With ties: normal approximation with continuity correction.
	near(t, shiftBetween([1, 2, 2, 3], [2, 3, 4, 4]).p, 0.13417);
	t.is(shiftBetween([1, 1, 1], [1, 1, 1]).p, 1);
});

test('the effect has the sign of the shift', (t) => {
	t.is(shiftBetween([1, 2], [3, 4]).effect, 1);
	t.is(shiftBetween([3, 4], [1, 2]).effect, -1);
	t.deepEqual(shiftBetween([1, 3], [2, 4, 9]).medians, [2, 4]);
});
