/** Cases per minute with one guest at a time, and with two. */

import type { BenchContext, Benchmark } from './benchmark.ts';
import { timedRun } from './crucible-run.ts';
import { measured, ratio } from './measurement.ts';
import { inTurns } from './statistics.ts';

/** Cases that wait for a network: one that is slow, one that loses packets, two that are cut for a while. */
const waiting = ['v42-slow', 'v42-lossy', 'v42-cut', 'v3-cut'].map((name) => `nfs-faults/${name}`);
/**
 * Cases that compute, of about the same length: no lane is left alone at the end. Without a target: under TCG one guest keeps more than one
 * CPU busy, and two guests on two CPUs gain little.
 */
const computing = ['ninep-fscache', 'erofs-ondemand'];

export const jobs: Benchmark = {
	name: 'jobs',
	summary: 'cases per minute with --jobs 1 and 2, of those that wait and of those that compute',
	async measure(context) {
		const taken = await inTurns(context.samples, {
			waitingOne: () => casesPerMinute(waiting, 1, context),
			waitingTwo: () => casesPerMinute(waiting, 2, context),
			computingOne: () => casesPerMinute(computing, 1, context),
			computingTwo: () => casesPerMinute(computing, 2, context),
		});
		return {
			'io-cases-1-job': measured('/min', taken.waitingOne),
			'io-cases-2-jobs': measured('/min', taken.waitingTwo),
			'io-cases-2-vs-1': ratio(taken.waitingTwo, taken.waitingOne, '>= 1.6'),
			'cpu-cases-1-job': measured('/min', taken.computingOne),
			'cpu-cases-2-jobs': measured('/min', taken.computingTwo),
			'cpu-cases-2-vs-1': ratio(taken.computingTwo, taken.computingOne),
		};
	},
};

async function casesPerMinute(globs: readonly string[], lanes: number, context: BenchContext): Promise<number> {
	const { run, casesSeconds } = await timedRun(globs, { ...context, settings: { ...context.settings, jobs: lanes } });
	const count = run.jobs.reduce((sum, job) => sum + job.cases.length, 0);
	return (60 * count) / casesSeconds;
}
