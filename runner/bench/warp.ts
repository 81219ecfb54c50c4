/** A case that waits for a minute of the guest's time, against that minute. */

import type { Benchmark } from './benchmark.ts';
import { timedRun } from './crucible-run.ts';
import { measured, ratio } from './measurement.ts';

const waitSeconds = 60;

export const warp: Benchmark = {
	name: 'warp',
	summary: 'a case that waits 60 s of guest time, against the wait',
	async measure(context) {
		const args = ['planted/sleep'];
		// Its template is made.
		await timedRun(args, context);
		const cases: number[] = [];
		for (let n = 0; n < context.samples; n++) cases.push((await timedRun(args, context)).casesSeconds);
		return {
			'waiting-case': measured('s', cases),
			'wait-vs-case': ratio(
				cases.map(() => waitSeconds),
				cases,
				'>= 12',
			),
		};
	},
};
