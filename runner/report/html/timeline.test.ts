import test from 'ava';
import type { Attempt } from '../../model/run.ts';
import { canonicalRun } from '../canonical-run.ts';
import { attemptTimeline, runTimeline } from './timeline.ts';

const attempt: Attempt = {
	status: 'FAIL',
	durationMs: 1,
	assertions: [],
	evidence: [],
	leftOvers: [],
	counters: {},
	measured: {},
	dir: 'jobs/a/b',
	splats: [{ kind: 'WARNING', title: 'WARNING in x', fingerprint: '0', isFailure: true, stacks: [], text: '', guestTime: 5.5 }],
	race: {
		steps: [{ when: 'mount reaches x', hold: 'mount', until: ['y'], outcome: 'kept', beganMs: 10, endedMs: 260, guestMs: 5250 }],
	},
};

test('reports, holds, trace and console of an attempt stand on the clock of the guest', (t) => {
	const timeline = attemptTimeline(attempt, {
		console: '[    5.634640][   T77] EXT4-fs (vda): mounted\r\nno time\n',
		trace:
			'           mount-90      [001] .....    10.044278: fscache_cache: C=1\n           mount-90      [001] .....    10.05: cachefiles_io_error: o=1\n',
	});
	t.deepEqual(
		timeline?.lanes.map(({ name, marks }) => [name, ...marks.map(([from, to, color]) => `${from} ${to} ${color}`)]),
		[
			['reports', '5.5 5.5 FAIL'],
			['holds', '5.25 5.5 INCONCLUSIVE'],
			['errors', '10.05 10.05 ERROR'],
			['trace CPU 1', '10.044278 10.044278 ink', '10.05 10.05 ERROR'],
			['console', '5.63464 5.63464 dim'],
		],
	);
	t.is(timeline?.lanes.at(-1)?.marks[0]?.[3], 'EXT4-fs (vda): mounted');
});

test('a fault lasts from where it was armed to where it was disarmed, or to the end', (t) => {
	const timeline = attemptTimeline(
		{ ...attempt, splats: [], race: { steps: [] } },
		{
			console: [
				'[    5.0] crucible: fault stall (disk_slow) armed',
				'[    5.5] crucible: fault cut (net_cut) armed',
				'[    6.0] crucible: fault stall (disk_slow) disarmed, fired 3',
				'[    7.0] the end',
			].join('\r\n'),
			trace: '',
		},
	);
	t.deepEqual(
		timeline?.lanes.filter(({ name }) => name !== 'console').map(({ name, marks }) => [name, ...marks.map((mark) => mark.join(' '))]),
		[
			['faults', '5 6 ERROR stall (disk-slow), fired 3'],
			['', '5.5 7 ERROR cut (net-cut), never disarmed'],
		],
	);
});

test('attempts that ran side by side get lanes of their own; a run of before, without times, has no timeline', (t) => {
	const run = canonicalRun();
	t.is(
		runTimeline(run, () => '#'),
		undefined,
	);
	const [job] = run.jobs;
	const [result] = job?.cases ?? [];
	if (!job || !result) return t.fail('the canonical run has changed');
	const cases = [0, 500, 1000].map((startedMs) => ({ ...result, attempts: [{ ...attempt, startedMs, durationMs: 1000 }] }));
	const lanes = runTimeline({ ...run, phases: [], jobs: [{ ...job, cases }] }, () => '#')?.lanes.map(({ marks }) =>
		marks.map(([from]) => from),
	);
	t.deepEqual(lanes, [[0, 1], [0.5]]);
});
