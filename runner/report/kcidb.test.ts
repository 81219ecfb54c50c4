import test from 'ava';
import { canonicalRun } from './canonical-run.ts';
import { toKcidb } from './kcidb.ts';
import { kcidbSchema } from './kcidb-schema.ts';

/** How KCIDB calls what it has no word for. */
const told: Readonly<Record<string, string>> = { XFAIL: 'FAIL', INCONCLUSIVE: 'ERROR' };

test('the canonical run fits the schema, and every reference leads to its object', (t) => {
	const run = canonicalRun();
	const { checkouts, builds, tests } = toKcidb([run], 'crucible');
	const ids = (objects: readonly { id: string }[]) => new Set(objects.map(({ id }) => id));
	for (const { checkout_id } of builds) t.true(ids(checkouts).has(checkout_id));
	for (const { build_id } of tests) t.true(ids(builds).has(build_id));
	t.is(ids(tests).size, run.jobs.flatMap((job) => job.cases).length);
	t.is(ids(builds).size, builds.length);
	for (const { status, misc } of tests) t.is(`${status}`, told[`${misc?.status}`] ?? `${misc?.status}`);
	t.true(tests.some(({ misc }) => misc?.status === 'XFAIL') && tests.some(({ misc }) => misc?.status === 'INCONCLUSIVE'));
});

test('the same run has the same ids again, another has others', (t) => {
	const run = canonicalRun();
	const first = toKcidb([run], 'crucible');
	t.deepEqual(toKcidb([run], 'crucible'), first);
	const other = toKcidb([{ ...run, id: '20200101-000000-000000' }], 'crucible');
	t.not(other.tests[0]?.id, first.tests[0]?.id);
	t.is(toKcidb([run, { ...run, id: 'b' }], 'crucible').tests.length, 2 * first.tests.length);
});

test('the schema refuses what KCIDB refuses', (t) => {
	const good = toKcidb([canonicalRun()], 'crucible');
	const [first] = good.tests;
	const refused = (change: object) => !kcidbSchema.safeParse({ ...good, tests: [{ ...first, ...change }] }).success;
	t.false(refused({}));
	t.true(refused({ id: 'no-origin' }));
	t.true(refused({ status: 'XFAIL' }));
	t.true(refused({ path: 'a/b' }));
	t.true(refused({ comment: null }));
	t.true(refused({ verdict: 'PASS' }));
	t.true(refused({ start_time: 'yesterday' }));
	t.true(refused({ log_excerpt: 'x'.repeat(16385) }));
	t.throws(() => toKcidb([canonicalRun()], 'My CI'));
});
