import test from 'ava';
import type { Event } from '../model/event.ts';
import type { Attempt, CaseResult, Status } from '../model/run.ts';
import { exitCodeOf, foldRun, reproduceLine, verdictOf } from './fold.ts';

const begin: Event = {
	type: 'run-started',
	atMs: 0,
	run: {
		id: '20261121-000000-abcdef',
		started: '2026-11-21T00:00:00Z',
		command: ['run'],
		crucible: { version: '0' },
		host: { os: 'Debian', cpus: 2, memoryMiB: 1, node: 'v20' },
	},
	plan: [
		{ id: 'nfs.k', suite: 'nfs', kernelSpec: 'debian:6.12', config: 'kasan', cases: ['a', 'b'].map((name) => ({ name, summary: name })) },
	],
};
const ended = (name: string, status: Status): Event => {
	const result: CaseResult = { suite: 'nfs', case: name, summary: name, status, durationMs: 5, attempts: [], reproduce: '' };
	return { type: 'case-ended', atMs: 9, job: 'nfs.k', result };
};
const tried = (name: string, number: number, status: Status): Event[] => {
	const seen = { assertions: [], evidence: [], splats: [], leftOvers: [], counters: {}, measured: {} };
	const attempt: Attempt = { status, reason: 'KASAN', durationMs: 5, ...seen, dir: '' };
	return [
		{ type: 'case-started', atMs: number, job: 'nfs.k', case: name, attempt: number },
		{ type: 'attempt-ended', atMs: number + 1, job: 'nfs.k', case: name, attempt },
	];
};

test('what was planned and never ran is MISS', (t) => {
	const run = foldRun([begin, ended('a', 'PASS')]);
	t.deepEqual(
		run.jobs[0]?.cases.map((result) => result.status),
		['PASS', 'MISS'],
	);
	t.is(run.verdict, 'MISS');
	t.is(run.exitCode, 125);
});

test('the orders of a sweep take the place of what was planned', (t) => {
	const cases = ['a@f+0x1', 'a@f+0x2'].map((name) => ({ name, summary: name }));
	const run = foldRun([begin, { type: 'job-swept', atMs: 1, job: 'nfs.k', cases }, ended('a@f+0x1', 'PASS')]);
	t.deepEqual(
		run.jobs[0]?.cases.map((result) => [result.case, result.status]),
		[
			['a@f+0x1', 'PASS'],
			['a@f+0x2', 'MISS'],
		],
	);
});

test('an order is reproduced by the sweep that names it', (t) => {
	t.is(
		reproduceLine('race', { cases: ['a'], sweep: 'daemon@m:f+0x1' }, { kernelSpec: 'debian:6.12', config: 'kasan+lockdep' }),
		'./crucible run race/a --sweep daemon@m:f+0x1 --kernel debian:6.12 --config kasan+lockdep',
	);
});

test('a case is reproduced with the patches, the seed and the timeout of its run', (t) => {
	const plan = { kernelSpec: 'debian:6.12', config: 'kasan', seed: 7, timeoutS: 30, series: 'results/20261121-000000-abcdef/series' };
	const line =
		'./crucible run nfs/a --kernel debian:6.12 --config kasan --patch results/20261121-000000-abcdef/series --seed 7 --timeout 30';
	t.is(reproduceLine('nfs', { cases: ['a'] }, plan), line);
	const planned = begin.type === 'run-started' && { ...begin, plan: begin.plan.map((job) => ({ ...job, ...plan })) };
	const [job] = planned ? foldRun([planned]).jobs : [];
	t.is(job?.cases[0]?.reproduce, line);
	t.is(job?.timeoutS, 30);
});

test('a kernel that does not build makes MISS of its cases, with the reason', (t) => {
	const run = foldRun([
		begin,
		{ type: 'job-failed', atMs: 1, job: 'nfs.k', status: 'MISS', problem: { message: 'did not build', log: ['x.c:1: error'] } },
	]);
	t.is(run.jobs[0]?.cases[0]?.reason, 'did not build');
	t.deepEqual(run.jobs[0]?.problem?.log, ['x.c:1: error']);
	t.is(run.exitCode, 125);
});

test('a resumed run lets the later result of a case stand', (t) => {
	const run = foldRun([begin, ended('a', 'ERROR'), { type: 'run-resumed', atMs: 10, at: '' }, ended('a', 'PASS'), ended('b', 'PASS')]);
	t.is(run.verdict, 'PASS');
	t.is(run.exitCode, 0);
	t.is(run.counts.PASS, 2);
});

test('a case that a kill cut off is judged by the attempts that ended', (t) => {
	const run = foldRun([begin, ...tried('a', 1, 'FAIL'), { type: 'case-started', atMs: 7, job: 'nfs.k', case: 'a', attempt: 2 }]);
	const [cut] = run.jobs[0]?.cases ?? [];
	t.is(cut?.status, 'FAIL');
	t.is(cut?.reason, 'KASAN');
	t.deepEqual(
		cut?.attempts.map(({ startedMs }) => startedMs),
		[1],
	);
	t.is(run.exitCode, 1);
});

test('what a resumed run tries of a case comes behind the attempts that there were, also when it is cut off again', (t) => {
	const statusesOf = (events: readonly Event[]) => foldRun([begin, ...events]).jobs[0]?.cases[0]?.attempts.map(({ status }) => status);
	const cut = tried('a', 1, 'FAIL');
	const [first] = foldRun([begin, ...cut]).jobs[0]?.cases ?? [];
	if (!first) return t.fail();
	const drained: Event[] = [...cut, { type: 'case-ended', atMs: 4, job: 'nfs.k', result: first }];
	t.deepEqual(statusesOf([...cut, ...tried('a', 2, 'PASS')]), ['FAIL', 'PASS']);
	t.deepEqual(statusesOf([...drained, ...tried('a', 2, 'PASS')]), ['FAIL', 'PASS']);
	t.deepEqual(statusesOf([...drained, ...tried('a', 1, 'PASS')]), ['PASS'], 'it began anew');
});

for (const [statuses, verdict, code] of [
	[['PASS', 'XFAIL', 'SKIP'], 'PASS', 0],
	[['XFAIL'], 'XFAIL', 0],
	[['PASS', 'FAIL', 'ERROR'], 'FAIL', 1],
	[['PASS', 'ERROR', 'MISS'], 'ERROR', 128],
	[['PASS', 'MISS', 'INCONCLUSIVE'], 'MISS', 125],
	[['PASS', 'INCONCLUSIVE'], 'INCONCLUSIVE', 125],
	[['SKIP'], 'SKIP', 125],
	[[], 'MISS', 125],
] as [Status[], Status, number][]) {
	test(`${statuses.join(' ') || 'nothing'} is ${verdict}, exit ${code}`, (t) => {
		const counts = { PASS: 0, FAIL: 0, INCONCLUSIVE: 0, ERROR: 0, MISS: 0, SKIP: 0, XFAIL: 0 };
		for (const status of statuses) counts[status]++;
		t.is(verdictOf(counts), verdict);
		t.is(exitCodeOf(verdict), code);
	});
}
