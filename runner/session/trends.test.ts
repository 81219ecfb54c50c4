import test from 'ava';
import type { CaseRow, SplatRow } from '../model/history.ts';
import type { Status } from '../model/run.ts';
import { canonicalRun } from '../report/canonical-run.ts';
import { rowsOf, trendsOf } from './trends.ts';

const where = { kernel: 'debian:6.12', config: 'kasan', suite: 's' };

function row(night: string, name: string, status: Status): CaseRow {
	const votes = status === 'PASS' || status === 'FAIL' ? 1 : 0;
	return { ...where, night, case: name, status, failed: status === 'FAIL' ? 1 : 0, votes, durationMs: 1 };
}

function nights(name: string, ...statuses: Status[]): CaseRow[] {
	return statuses.map((status, index) => row(`n${index + 1}`, name, status));
}

/** The trends as told after the newest night of `rows`. */
function trends(rows: readonly CaseRow[], window = 14, splats: readonly SplatRow[] = []) {
	return trendsOf(
		rows,
		splats,
		window,
		rows
			.map(({ night }) => night)
			.sort()
			.at(-1) ?? '',
	);
}

test('a case is broken, fixed, flaky, new or steady by what its nights say', (t) => {
	const rows = [
		...nights('breaks', 'PASS', 'PASS', 'FAIL'),
		...nights('mends', 'FAIL', 'FAIL', 'PASS'),
		...nights('flakes', 'PASS', 'FAIL', 'PASS'),
		...nights('stays-broken', 'PASS', 'FAIL', 'FAIL'),
		...nights('holds', 'PASS', 'PASS', 'PASS'),
		...nights('was-skipped', 'PASS', 'SKIP', 'FAIL'),
		...nights('is-silent', 'PASS', 'PASS', 'ERROR'),
		row('n3', 'appears', 'PASS'),
	];
	t.deepEqual(Object.fromEntries(trends(rows).cases.map(({ path, kind }) => [path, kind])), {
		's/breaks': 'broken',
		's/mends': 'fixed',
		's/flakes': 'flaky',
		's/stays-broken': 'steady',
		's/holds': 'steady',
		's/was-skipped': 'broken',
		's/is-silent': 'steady',
		's/appears': 'new',
	});
});

const [pass, fail] = ['PASS', 'FAIL'] as const;

test('a regression is broken in its first night, steady in those after it, and fixed in the one that ends it', (t) => {
	const kind = (...statuses: Status[]) => trends(nights('x', ...statuses)).cases[0]?.kind;
	const good = Array.from({ length: 5 }, () => pass);
	t.is(kind(...good, fail), 'broken');
	t.is(kind(...good, fail, fail, fail), 'steady');
	t.is(kind(...good, fail, fail, 'ERROR', fail), 'steady');
	t.is(kind(...good, fail, fail, pass), 'fixed');
	t.is(kind(...good, fail, 'SKIP', fail, pass), 'fixed');
	t.is(kind(...good, fail, fail, pass, pass), 'steady');
	t.is(kind(fail, fail, pass, pass, pass, fail), 'broken');
	t.is(kind(...good, 'XFAIL', 'XFAIL'), 'steady');
});

test('what goes there and back from night to night, turns again and again, or does both in one night is flaky', (t) => {
	const kind = (...statuses: Status[]) => trends(nights('x', ...statuses)).cases[0]?.kind;
	t.is(kind(pass, pass, fail, pass), 'flaky');
	t.is(kind(pass, pass, fail, pass, pass, pass), 'flaky');
	t.is(kind(fail, fail, pass, fail), 'flaky');
	t.is(kind(pass, fail, fail, pass, pass, fail), 'flaky');
	const both = (night: string): CaseRow => ({ ...row(night, 'x', fail), failed: 1, votes: 3 });
	const mixed = (...rows: CaseRow[]) => trends(rows).cases[0]?.kind;
	t.is(mixed(both('n1'), both('n2')), 'flaky');
	t.is(mixed(both('n1'), row('n2', 'x', pass)), 'flaky');
	t.is(mixed(row('n1', 'x', pass), both('n2')), 'broken');
	t.is(mixed(row('n1', 'x', pass), both('n2'), row('n3', 'x', fail)), 'flaky');
});

test('a rate has the interval of its votes, and the window leaves older nights out', (t) => {
	const rows = nights('x', 'FAIL', 'FAIL', 'PASS', 'PASS');
	const [all] = trends(rows).cases;
	const [two] = trends(rows, 2).cases;
	t.is(all?.failed, 2);
	t.is(all?.votes, 4);
	// R: binom.test(2, 4)$conf.int
	t.true(Math.abs((all?.interval[0] ?? 0) - 0.06759) < 1e-4);
	t.true(Math.abs((all?.interval[1] ?? 0) - 0.93241) < 1e-4);
	t.deepEqual([two?.failed, two?.votes, two?.statuses], [0, 2, ['PASS', 'PASS']]);
});

test('a case that is gone from the newest night has no trend', (t) => {
	const rows = [...nights('stays', 'PASS', 'PASS'), row('n1', 'leaves', 'FAIL')];
	t.deepEqual(
		trends(rows).cases.map(({ path }) => path),
		['s/stays'],
	);
});

test('a night is told by its own rows: there are none of one in which nothing ran, and what is newer does not count', (t) => {
	const splat = { ...where, path: 's/x', fingerprint: 'a', title: 'a', times: 1 };
	const rows = nights('x', 'PASS', 'FAIL', 'FAIL');
	const splats = ['n1', 'n2', 'n3'].map((night): SplatRow => ({ ...splat, night }));
	const empty = trendsOf(rows, splats, 2, 'n4');
	t.deepEqual(empty.nights, ['n3', 'n4']);
	t.deepEqual(empty.cases, []);
	const older = trendsOf(rows, splats, 14, 'n2');
	t.deepEqual(older.nights, ['n1', 'n2']);
	t.deepEqual(
		older.cases.map(({ kind, statuses }) => [kind, ...statuses]),
		[['broken', 'PASS', 'FAIL']],
	);
	t.deepEqual(
		older.sightings.map(({ lastSeen }) => lastSeen),
		['n2'],
	);
});

test('the same case under two kernels has two trends', (t) => {
	const rows = nights('x', 'PASS', 'PASS');
	const other = rows.map((each): CaseRow => ({ ...each, kernel: 'debian:6.1', status: 'FAIL', failed: 1 }));
	t.deepEqual(
		trends([...rows, ...other]).cases.map(({ kernel, failed }) => [kernel, failed]),
		[
			['debian:6.12', 0],
			['debian:6.1', 2],
		],
	);
});

test('a splat was first and last seen in a night, whatever the window', (t) => {
	const splat = (night: string, path: string, fingerprint: string): SplatRow => ({
		...where,
		night,
		path,
		fingerprint,
		title: `WARNING ${night}`,
		times: 2,
	});
	const rows = [splat('n1', 's/a', 'aaa'), splat('n3', 's/b', 'aaa'), splat('n2', 's/a', 'bbb')];
	const { sightings } = trends(nights('a', 'FAIL', 'FAIL', 'FAIL'), 1, rows);
	t.deepEqual(sightings, [
		{ fingerprint: 'aaa', title: 'WARNING n3', firstSeen: 'n1', lastSeen: 'n3', nights: 2, times: 4, paths: ['s/a', 's/b'] },
		{ fingerprint: 'bbb', title: 'WARNING n2', firstSeen: 'n2', lastSeen: 'n2', nights: 1, times: 2, paths: ['s/a'] },
	]);
});

test('a run becomes a row for each case and for each splat of one', (t) => {
	const run = canonicalRun();
	const { cases, splats } = rowsOf('n1', run);
	t.is(cases.length, run.jobs.flatMap((job) => job.cases).length);
	const keys = splats.map(({ kernel, config, path, fingerprint }) => `${kernel} ${config} ${path} ${fingerprint}`);
	t.true(keys.length > 0);
	t.is(new Set(keys).size, keys.length);
	for (const { failed, votes } of cases) t.true(failed <= votes);
});
