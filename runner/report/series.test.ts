import test from 'ava';
import type { CaseSide } from '../model/comparison.ts';
import type { SeriesReport, SeriesStep } from '../model/series.ts';
import { createPaint } from './paint.ts';
import { seriesHeadline, seriesLines } from './series.ts';

const step = (patches: number, name: string, said: Partial<SeriesStep> = {}): SeriesStep => ({
	patches,
	name,
	run: `${patches}`,
	verdict: 'PASS',
	changes: [],
	remarks: [],
	...said,
});
const side = (status: CaseSide['status'], reason?: string): CaseSide => ({
	status,
	failed: status === 'FAIL' ? 3 : 0,
	votes: 3,
	interval: [0, 1],
	...(reason !== undefined && { reason }),
});
const broken = { kind: 'broken' as const, case: 'nfs/warm', column: '', base: side('PASS'), head: side('FAIL', 'not ok: warm'), p: 0.1 };
const report = (...steps: SeriesStep[]): SeriesReport => ({ schema: 1, id: 'x', started: '', kernelSpec: 'k', steps, total: 3 });

test('the patch that does not build is pointed at, the next one that mends it is not', (t) => {
	const middle = step(2, '"netfs: middle"', {
		verdict: 'MISS',
		problem: { message: 'fs/x.c:2:2: error: no', log: ['fs/x.c:2:2: error: no'] },
	});
	const series = report(step(0, 'k'), step(1, '"netfs: first"', { author: 'A <a@b>' }), middle, step(3, '"netfs: last"'));
	t.is(seriesHeadline(series), '2 of 3 patches hold; the first broken one is 2/3 "netfs: middle": fs/x.c:2:2: error: no');
	const text = seriesLines(series, createPaint(false)).join('\n');
	t.regex(text, /^PASS +1\/3 {2}"netfs: first" {2}A <a@b>$/m);
	t.regex(text, /^BROKEN +2\/3 {2}"netfs: middle"$/m);
});

test('the patch that breaks a case is pointed at; what goes on failing after it is not its fault', (t) => {
	const still = { ...broken, kind: 'still-failing' as const };
	const series = report(
		step(0, 'k'),
		step(1, 'a', { verdict: 'FAIL', changes: [broken] }),
		step(2, 'b', { verdict: 'FAIL', changes: [still], remarks: ['new compiler warning: fs/x.c:1: w'] }),
	);
	t.is(seriesHeadline(series), '1 of 3 patches holds; the first broken one is 1/3 a: nfs/warm; 1 not tested');
	const text = seriesLines(series, createPaint(false)).join('\n');
	t.regex(text, /^ {4}broken {2}nfs\/warm {2}PASS -> FAIL {2}not ok: warm$/m);
	t.regex(text, /new compiler warning/);
});
