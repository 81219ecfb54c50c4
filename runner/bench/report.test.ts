import test from 'ava';
import { createPaint } from '../report/paint.ts';
import { chartOf, rowsOf } from './chart.ts';
import { measured, ratio } from './measurement.ts';
import { headline, tableLines } from './table.ts';

const all = {
	'clone-to-command debian:6.12': measured('s', [0.2, 0.3, 0.25], '< 0.4'),
	'boot-vs-clone debian:6.12': ratio([5, 5], [0.25, 0.25], '>= 30'),
	'clone-floor debian:6.12': measured('s', [0.2]),
};

test('the table has a line for each measurement, with its target and the spread of its samples', (t) => {
	t.deepEqual(tableLines(all, createPaint(false)), [
		'ok      clone-to-command debian:6.12  0.25 s  < 0.4  (0.2 to 0.3)',
		'MISSED  boot-vs-clone debian:6.12       20 x  >= 30  (20 to 20)',
		'        clone-floor debian:6.12        0.2 s',
	]);
});

test('the headline counts targets and names those that were missed', (t) => {
	t.is(headline(all), '1 of 2 targets missed: boot-vs-clone debian:6.12');
	t.is(headline({ one: measured('s', [1], '< 2') }), '1 target reached');
});

test('the chart shows how much of its target each measurement reaches, and only those that have one', (t) => {
	const rows = rowsOf({ ...all, below: measured('s', [-0.1], '< 0.5'), far: measured('MB/s', [1000], '>= 100') });
	t.deepEqual(
		rows.map(({ name, share }) => [name, Number(share.toFixed(2))]),
		[
			['clone-to-command debian:6.12', 1.6],
			['boot-vs-clone debian:6.12', 0.67],
			['below', 3],
			['far', 3],
		],
	);
});

test('a chart of nothing is a chart', async (t) => {
	t.regex(await chartOf({}), /^<svg /);
});
