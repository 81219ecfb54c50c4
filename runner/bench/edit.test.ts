import test from 'ava';
import { parsePatch } from '../kernel/patch.ts';
import { canonicalRun } from '../report/canonical-run.ts';
import { oneLine, partsOf } from './edit.ts';

test('the patch of the one-line change is one, of a file that has to be there, and another each time', (t) => {
	t.deepEqual(parsePatch('one.patch', oneLine('1')).needs, ['fs/cachefiles/ondemand.c']);
	t.not(oneLine('1'), oneLine('2'));
});

test('the parts of a run make its whole', (t) => {
	const run = canonicalRun();
	const phases = [
		{ name: 'kernel', startedMs: 0, durationMs: 3000, parts: { prepare: 100, configure: 0, make: 2000, link: 700, store: 200 } },
	];
	const parts = partsOf({ run: { ...run, phases }, seconds: 9, startUpSeconds: 0.5, reportSeconds: 0.25, casesSeconds: 4 });
	t.is(parts['start-up'], 0.5);
	t.is(parts.make, 2.1);
	t.is(parts.link, 0.9);
	t.is(parts.report, 0.25);
	const sum = Object.values(parts).reduce((total, part) => total + part, 0);
	t.true(Math.abs(sum - 9) < 1e-9);
});
