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

test('a kernel that is built and does not boot has a build that passed and a boot that failed', (t) => {
	const run = canonicalRun();
	const [job] = run.jobs;
	if (!job?.kernel) throw new Error('the first job of the canonical run has no kernel');
	const problem = { stage: 'boot' as const, message: 'the kernel does not come up', log: ['[    0.1] Kernel panic'] };
	const { builds, tests } = toKcidb([{ ...run, jobs: [{ ...job, problem }] }], 'crucible');
	t.deepEqual(
		builds.map(({ status }) => status),
		['PASS'],
	);
	const boots = tests.filter(({ path }) => path === 'boot');
	t.is(boots.length, 1);
	t.like(boots[0], { status: 'FAIL', build_id: builds[0]?.id, comment: problem.message, log_excerpt: problem.log[0] });
	t.is(tests.length, job.cases.length + 1);
	// A run of before does not say where it failed: a job has its kernel once that was built.
	const { stage, ...old } = problem;
	t.deepEqual(
		toKcidb([{ ...run, jobs: [{ ...job, problem: old }] }], 'crucible'),
		toKcidb([{ ...run, jobs: [{ ...job, problem }] }], 'crucible'),
	);
});

test('a build that any job has passed; one that never came to it says nothing of it', (t) => {
	const run = canonicalRun();
	const [job] = run.jobs;
	if (!job) throw new Error('the canonical run has no job');
	const { kernel, ...waiting } = job;
	const failed = { ...waiting, problem: { stage: 'build' as const, message: 'x.c:1: error', log: [] } };
	const statusesOf = (...jobs: (typeof job)[]) => toKcidb([{ ...run, jobs }], 'crucible').builds.map(({ status }) => status);
	t.deepEqual(statusesOf(waiting, job), ['PASS']);
	t.deepEqual(statusesOf(job, failed), ['PASS']);
	t.deepEqual(statusesOf(waiting, failed), ['FAIL']);
	t.deepEqual(statusesOf({ ...job, problem: failed.problem }), ['FAIL']);
	t.deepEqual(statusesOf(waiting), [undefined]);
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
