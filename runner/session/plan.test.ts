import test from 'ava';
import type { Suite } from '../suite/load.ts';
import { clockOf, describeJob, planJobs } from './plan.ts';

test('a plan keeps what its cases are run again with', (t) => {
	const [job] = planJobs([{ name: 'nfs', cases: [] } as unknown as Suite], ['debian:6.12'], 'kasan', { repeat: 1, seed: 7, timeoutS: 30 });
	if (!job) return t.fail();
	const series = 'results/20261121-000000-abcdef/series';
	t.like(describeJob({ ...job, series }), { kernelSpec: 'debian:6.12', config: 'kasan', seed: 7, timeoutS: 30, series });
	t.false('series' in describeJob(job));
});

test('time leaps only for a case that says so, under TCG, when the user does not forbid it', (t) => {
	t.is(clockOf({ clock: 'warp' }, 'tcg', true), 'warp');
	t.is(clockOf({ clock: 'real' }, 'tcg', true), 'real');
	t.is(clockOf({ clock: 'warp' }, 'kvm', true), 'real');
	t.is(clockOf({ clock: 'warp' }, 'tcg', false), 'real');
});
