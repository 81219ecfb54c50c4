import test from 'ava';
import type { CaseSide, ChangeKind } from '../model/comparison.ts';
import { exitCodeOfSeries, type SeriesReport, type SeriesStep } from '../model/series.ts';
import { createPaint } from './paint.ts';
import { seriesHeadline, seriesLines } from './series.ts';

const step = (patches: number, name: string, said: Partial<SeriesStep> = {}): SeriesStep => ({
	patches,
	name,
	run: `${patches}`,
	verdict: 'PASS',
	votes: 2,
	changes: [],
	remarks: [],
	...said,
});
const side = (status: CaseSide['status'], reason?: string): CaseSide => ({
	status,
	failed: status === 'FAIL' ? 3 : 0,
	votes: 3,
	attempts: 3,
	interval: [0, 1],
	...(reason !== undefined && { reason }),
});
const broken = { kind: 'broken' as const, case: 'nfs/warm', column: '', base: side('PASS'), head: side('FAIL', 'not ok: warm'), p: 0.1 };
const report = (...steps: SeriesStep[]): SeriesReport => ({ schema: 1, id: 'x', started: '', kernelSpec: 'k', steps, total: 3 });

test('the patch that does not build is pointed at, the next one that mends it is not', (t) => {
	const middle = step(2, '"netfs: middle"', {
		verdict: 'MISS',
		votes: 0,
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

const failing = (kind: ChangeKind, base: CaseSide, failed: number) => ({ ...broken, kind, base, head: { ...broken.head, failed } });

test('a patch with which a case fails that failed on no step before does not hold, proved or not', (t) => {
	for (const [kind, base, failed] of [
		['maybe-broken', 'PASS', 2],
		['unproved', 'INCONCLUSIVE', 3],
		['skip', 'SKIP', 3],
	] as const) {
		const series = report(step(0, 'k'), step(1, 'a', { verdict: 'FAIL', changes: [failing(kind, side(base), failed)] }));
		t.is(
			seriesHeadline(series),
			`0 of 3 patches hold; the first broken one is 1/3 a: nfs/warm fails ${failed}/3, not proved; 2 not tested`,
		);
		t.is(exitCodeOfSeries(series), 1);
		const text = seriesLines(series, createPaint(false)).join('\n');
		t.true(text.includes(`    fails, not proved  nfs/warm  ${base} -> FAIL  not ok: warm`), text);
	}
});

test('a failure that a step before had, the kernel without the series among them, accuses nobody', (t) => {
	const base = side('FAIL');
	const still = report(step(0, 'k'), step(1, 'a', { verdict: 'FAIL', changes: [failing('still-failing', base, 1)] }));
	t.is(exitCodeOfSeries(still), 0);
	for (const [kind, status] of [
		['maybe-broken', 'PASS'],
		['skip', 'SKIP'],
	] as const) {
		const gone = { ...failing('maybe-fixed', base, 0), head: side(status) };
		const again = step(2, 'b', { verdict: 'FAIL', changes: [failing(kind, side(status), 1)] });
		const series = report(step(0, 'k'), step(1, 'a', { changes: [gone] }), again, step(3, 'c'));
		t.is(seriesHeadline(series), '3 of 3 patches hold');
		t.is(exitCodeOfSeries(series), 0);
	}
});

test('what does not build accuses a patch only if a step before it did; else it was not tested', (t) => {
	const unbuilt = { verdict: 'MISS' as const, votes: 0, problem: { message: 'fs/x.c:2:2: error: no', log: [] } };
	const never = report(step(0, 'k', unbuilt), step(1, 'a', unbuilt));
	t.is(exitCodeOfSeries(never), 125);
	t.is(seriesHeadline(never), '0 of 3 patches hold; 3 not tested; the kernel without them could not be tested');
	const text = seriesLines(never, createPaint(false)).join('\n');
	t.is(text.match(/not tested: no kernel before it builds and boots either/g)?.length, 1, text);
	const later = report(step(0, 'k', unbuilt), step(1, 'a', unbuilt), step(2, 'b'), step(3, 'c', unbuilt));
	t.is(exitCodeOfSeries(later), 1);
	t.regex(seriesHeadline(later), /^1 of 3 patches holds; the first broken one is 3\/3 c: fs\/x\.c:2:2: error: no; 1 not tested;/);
});

test('a patch with which no case passed or failed was not tested, and does not hold', (t) => {
	const lost = step(2, 'b', { verdict: 'ERROR', votes: 0 });
	const silent = step(3, 'c', { verdict: 'INCONCLUSIVE', votes: 0 });
	const series = report(step(0, 'k'), step(1, 'a'), lost, silent);
	t.is(seriesHeadline(series), '1 of 3 patches holds; 2 not tested');
	t.regex(seriesLines(series, createPaint(false)).join('\n'), /^ERROR +2\/3 {2}b\n {4}not tested: no case passed or failed$/m);
	const baseless = report(step(0, 'k', { verdict: 'INCONCLUSIVE', votes: 0 }), step(1, 'a'), step(2, 'b'), step(3, 'c'));
	t.is(seriesHeadline(baseless), '3 of 3 patches hold; the kernel without them could not be tested');
});

test('a series exits with 1 for a broken patch, else 128 or 125 for one that was not tested, the kernel without it included', (t) => {
	const silent = (patches: number, verdict: SeriesStep['verdict']) => step(patches, 'x', { verdict, votes: 0 });
	const noBuild = step(0, 'k', { verdict: 'MISS', votes: 0, problem: { message: 'error', log: [] } });
	const held = [step(1, 'a'), step(2, 'b'), step(3, 'c')];
	t.is(exitCodeOfSeries(report(step(0, 'k'), ...held)), 0);
	t.is(exitCodeOfSeries(report(step(0, 'k'), silent(1, 'INCONCLUSIVE'), step(2, 'b'))), 125);
	t.is(exitCodeOfSeries(report(step(0, 'k'), silent(1, 'INCONCLUSIVE'), silent(2, 'ERROR'))), 128);
	t.is(exitCodeOfSeries(report(silent(0, 'SKIP'), ...held)), 125);
	t.is(exitCodeOfSeries(report(noBuild, ...held)), 125);
	t.is(exitCodeOfSeries(report(step(0, 'k'), silent(1, 'ERROR'), step(2, 'b', { changes: [broken] }))), 1);
});
