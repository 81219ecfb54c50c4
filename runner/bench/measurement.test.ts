import test from 'ava';
import { difference, type Measurements, measured, missed, ratio, reaches, type Target } from './measurement.ts';

const verdicts: [number, Target | null, boolean][] = [
	[0.399, '< 0.4', true],
	[0.4, '< 0.4', false],
	[1.5, '<= 1.5', true],
	[1.51, '<= 1.5', false],
	[30, '>= 30', true],
	[29.99, '>= 30', false],
	[-0.2, '< 0.5', true],
	[1e9, null, true],
	[Number.NaN, '< 10', false],
	[Number.NaN, null, false],
];
for (const [value, target, isReached] of verdicts)
	test(`${value} ${isReached ? 'reaches' : 'misses'} the target ${target}`, (t) => t.is(reaches(value, target), isReached));

test('a measurement is the median of its samples, in the shape of latest.json', (t) => {
	t.deepEqual(JSON.parse(JSON.stringify(measured('s', [0.3, 0.1, 0.2], '< 0.4'))), {
		value: 0.2,
		unit: 's',
		target: '< 0.4',
		ok: true,
		samples: [0.3, 0.1, 0.2],
	});
	t.deepEqual(measured('s', [1]), { value: 1, unit: 's', target: null, ok: true, samples: [1] });
});

test('a ratio is that of the medians, its samples those of the pairs', (t) => {
	const one = ratio([10, 12, 20], [1, 2, 1], '>= 10');
	t.is(one.value, 12);
	t.deepEqual(one.samples, [10, 6, 20]);
	t.true(one.ok);
	t.false(ratio([10], [2], '>= 10').ok);
});

test('a difference is that of the medians, and may be negative', (t) => {
	const one = difference('s', [5, 6, 7], [5.5, 5.25, 6], '< 0.6');
	t.is(one.value, 0.5);
	t.deepEqual(one.samples, [-0.5, 0.75, 1]);
	t.true(one.ok);
});

test('numbers have four digits, and a target is not reached by rounding', (t) => {
	const one = measured('s', [0.400004], '<= 0.4');
	t.is(one.value, 0.4);
	t.false(one.ok);
	t.is(measured('MB/s', [234.5678]).value, 234.6);
});

test('what missed its target is named', (t) => {
	const all: Measurements = { fast: measured('s', [1], '< 2'), slow: measured('s', [3], '< 2'), beside: measured('s', [9]) };
	t.deepEqual(missed(all), ['slow']);
});
