import test from 'ava';
import type { KnownIssue } from '../config/known-issues.ts';
import type { Run, Splat } from '../model/run.ts';
import { checkIssues } from './issues-check.ts';

const issue: KnownIssue = {
	id: 'oob',
	title: 'x',
	frames: [],
	kernels: ['6.1'],
	suites: ['nfs'],
	reason: 'r',
	link: 'l',
	until: '2027-06-30',
};
const options = { today: '2026-11-25', noticeDays: 30, caseCounts: new Map([['nfs', 1]]) };

function run(id: string, shows: boolean, { origin = 'Debian', release = '6.1.192', cases = 1, config = 'kasan' } = {}): Run {
	const splats = shows ? [{ knownIssue: 'oob' } as Splat] : [];
	const list = Array.from({ length: cases }, () => ({ attempts: [{ splats }] }));
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
