/** Cases per minute with one guest at a time, and with two. */

import type { BenchContext, Benchmark } from './benchmark.ts';
import { timedRun } from './crucible-run.ts';
import { measured, ratio } from './measurement.ts';
import { inTurns } from './statistics.ts';

/** Cases that read and write through caches, disks and servers, a dozen of about the same length: no lane is left alone at the end. */
const globs = ['ninep-fscache', 'erofs-ondemand'];

export const jobs: Benchmark = {
	name: 'jobs',
	summary: 'cases per minute with --jobs 1 and 2',
	async measure(context) {
		const taken = await inTurns(context.samples, { one: () => casesPerMinute(1, context), two: () => casesPerMinute(2, context) });
		return {
			'cases-1-job': measured('/min', taken.one),
			'cases-2-jobs': measured('/min', taken.two),
			'cases-2-vs-1': ratio(taken.two, taken.one, '>= 1.6'),
		};
	},
};

async function casesPerMinute(lanes: number, context: BenchContext): Promise<number> {
	const { run, casesSeconds } = await timedRun(globs, { ...context, settings: { ...context.settings, jobs: lanes } });
	const count = run.jobs.reduce((sum, job) => sum + job.cases.length, 0);
	return (60 * count) / casesSeconds;
}
