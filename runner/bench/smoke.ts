/** The smoke suites with templates, against a boot for each case. */

import type { Benchmark } from './benchmark.ts';
import { timedRun } from './crucible-run.ts';
import { measured, ratio } from './measurement.ts';
import { inTurns } from './statistics.ts';

export const smoke: Benchmark = {
	name: 'smoke',
	summary: 'the smoke suites with templates, against --no-templates',
	async measure(context) {
		const taken = await inTurns(context.samples, {
			booted: async () => (await timedRun(['--no-templates'], context)).seconds,
			cloned: async () => (await timedRun([], context)).seconds,
		});
		return {
			'smoke-cloned': measured('s', taken.cloned),
			'smoke-booted': measured('s', taken.booted),
			'smoke-booted-vs-cloned': ratio(taken.booted, taken.cloned, '>= 4'),
		};
	},
};
