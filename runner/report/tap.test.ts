import test from 'ava';
import { Parser } from 'tap-parser';
import { canonicalRun } from './canonical-run.ts';
import { toTap } from './tap.ts';

const run = canonicalRun();

test('every job and every case is a test point that a strict parser counts', async (t) => {
	const tap = toTap(run);
	const parser = new Parser({ strict: true });
	const subtests: Parser[] = [];
	parser.on('child', (child: Parser) => subtests.push(child));
	const results = await new Promise<Parser['results']>((resolve) => {
		parser.on('complete', resolve);
		parser.end(tap);
	});
	t.is(results?.plan.end, run.jobs.length);
	t.is(results?.count, run.jobs.length);
	t.is(results?.bailout, false);
	t.deepEqual(
		results?.failures.filter((failure) => 'tapError' in failure && failure.tapError),
		[],
	);
	t.deepEqual(
		subtests.map((child) => child.results?.count),
		run.jobs.filter((job) => job.cases.length > 0).map((job) => job.cases.length),
	);
});

test('a known issue is TODO, an absent need SKIP, and what never ran is not ok', (t) => {
	const events = Parser.parse(toTap(run), { flat: true });
	const points = events.flatMap(([type, value]) => (type === 'assert' ? [value] : []));
	const of = (name: string) => points.filter((point) => point.name.endsWith(name) || point.fullname.endsWith(name));
	t.true(points.some((point) => point.name.includes('v42-warm-read') && point.todo === 'known issue debian-6.1-nfs-auxdata' && !point.ok));
	t.true(
		points.some((point) => point.name.includes('withdraw-race') && String(point.skip).startsWith('needs CONFIG_NETFS_STATS=y') && point.ok),
	);
	t.true(of('withdraw-race').some((point) => point.diag?.status === 'MISS' && !point.ok));
	t.true(of('v3-warm-read').some((point) => point.diag?.status === 'INCONCLUSIVE' && !point.ok && point.diag.evidence.length === 3));
});

test('hostile names and texts stay data', (t) => {
	const tap = toTap(run);
	t.notRegex(tap, /^\s*Bail out!/m);
	t.notRegex(tap, /^\s*ok 99/m);
	t.false(tap.includes('\u001b'));
	const events = Parser.parse(tap, { flat: true });
	const hostile = events.flatMap(([type, value]) => (type === 'assert' && value.name.includes('hostile') ? [value] : []));
	t.deepEqual(
		hostile.map(({ ok, todo, skip, diag }) => [ok, todo, skip, diag.reason, diag.failed[0].name]),
		[[false, false, false, 'it said # TODO not me\nok 1 - and "more" \\ of ]]> it', '# SKIP \\# injected\nBail out! ']],
	);
});

test('a run in which nothing was selected has a skipped plan', (t) => {
	t.is(toTap({ ...run, jobs: [] }), 'TAP version 14\n1..0 # SKIP nothing was selected\n');
});
