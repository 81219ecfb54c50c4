import test from 'ava';
import type { KnownIssue } from '../config/known-issues.ts';
import type { CaseResult, Run, Splat, Status } from '../model/run.ts';
import { checkIssues, ranWhole } from './issues-check.ts';

const issue: KnownIssue = {
	id: 'oob',
	title: 'x',
	frames: [],
	kernels: ['6.1'],
	suites: ['nfs'],
	isFatal: false,
	reason: 'r',
	link: 'l',
	until: '2027-06-30',
};
const options = { today: '2026-11-25', noticeDays: 30, caseCounts: new Map([['nfs', 1]]) };

function run(id: string, shows: boolean, { origin = 'Debian', release = '6.1.192', cases = 1, config = 'kasan' } = {}): Run {
	const splats = shows ? [{ knownIssue: 'oob' } as Splat] : [];
	const list = Array.from({ length: cases }, () => ({ attempts: [{ status: shows ? 'XFAIL' : 'PASS', splats }] }));
	return { id, jobs: [{ suite: 'nfs', config, kernel: { release, origin }, cases: list }] } as unknown as Run;
}

const state = (issues: readonly KnownIssue[], runs: readonly Run[], today = options.today) =>
	checkIssues(issues, runs, { ...options, today })[0]?.state;

test('an entry lives while the newest run that must show it does', (t) => {
	t.is(state([issue], [run('2', true), run('1', false)]), 'live');
	t.is(state([issue], [run('2', false), run('1', true)]), 'gone');
	t.is(checkIssues([issue], [run('2', false), run('1', true)], options)[0]?.lastSeen?.run, '1');
});

test('runs that need not show it say nothing: other kernels, patches on top, parts of a suite', (t) => {
	const others = [run('4', false, { release: '6.12.1' }), run('3', false, { origin: 'Debian + fix.patch' }), run('2', false, { cases: 0 })];
	t.is(state([issue], [...others, run('1', true)]), 'live');
	t.is(state([issue], others), 'unseen');
});

test('a suite ran whole when each of its own cases came to an answer', (t) => {
	const result = (...statuses: Status[]) => ({ attempts: statuses.map((status) => ({ status })) }) as unknown as CaseResult;
	t.true(ranWhole([result('PASS'), result('ERROR', 'FAIL'), result('XFAIL')], 3));
	for (const status of ['ERROR', 'MISS', 'INCONCLUSIVE', 'SKIP'] as const) t.false(ranWhole([result('PASS'), result(status)], 2), status);
	t.false(ranWhole([result('PASS')], 2));
	const orders = ['f+0x1', 'f+0x2'].map((sweep) => ({ ...result('PASS'), recipe: { cases: ['a'], sweep } }));
	t.false(ranWhole(orders, 2));
	t.true(ranWhole([result('PASS'), ...orders], 1));
});

test('a kernel without KASAN says nothing of what KASAN reports', (t) => {
	const reported = { ...issue, title: '^KASAN: slab-out-of-bounds Read in f$' };
	t.is(state([reported], [run('2', false, { config: 'lockdep' }), run('1', true)]), 'live');
	t.is(state([reported], [run('2', false, { config: 'faults+kasan' }), run('1', true)]), 'gone');
});

test('an entry that has expired, or soon will, is told', (t) => {
	t.is(state([issue], [run('1', true)], '2027-07-01'), 'expired');
	t.is(state([issue], [run('1', true)], '2027-06-15'), 'expiring');
	t.is(state([issue], [run('1', false)], '2027-06-15'), 'gone');
});
