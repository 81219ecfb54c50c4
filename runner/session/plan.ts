/** From a selection to jobs: suite x kernel x config, each a plain value that any worker could run. */

import type { PlannedJob } from '../model/event.ts';
import type { Case, Suite } from '../suite/load.ts';
import type { Accel, Clock } from '../vm/machine-spec.ts';
import { recipeOf } from './recipe.ts';

export interface Job {
	readonly id: string;
	readonly suite: Suite;
	readonly kernelSpec: string;
	/** As given: `kasan+lockdep`. */
	readonly config: string;
	/** Every case runs this often; a flake needs more than one look. */
	readonly repeat: number;
	/** Its first failure ends a case. */
	readonly untilFailure?: boolean | undefined;
	readonly seed: number;
	/** The first attempt of a case has the seed, each further one the next number: what follows from a seed is not seen twice. */
	readonly seedPerAttempt?: boolean | undefined;
	/** Seconds that replace each case's own timeout. */
	readonly timeoutS?: number | undefined;
}

/** Jobs in kernel order, so that a kernel is built once and its jobs follow. */
export function planJobs(
	suites: readonly Suite[],
	kernels: readonly string[],
	config: string,
	options: Pick<Job, 'repeat' | 'untilFailure' | 'seed' | 'seedPerAttempt' | 'timeoutS'>,
): Job[] {
	return [...new Set(kernels)].flatMap((kernelSpec) =>
		suites.map((suite) => ({ id: `${suite.name}.${safeName(kernelSpec)}.${safeName(config)}`, suite, kernelSpec, config, ...options })),
	);
}

/** How time goes for a case: only TCG can make it leap, and the user may forbid it. */
export function clockOf(entry: Pick<Case, 'clock'>, accel: Accel, mayWarp: boolean): Clock {
	return entry.clock === 'warp' && accel === 'tcg' && mayWarp ? 'warp' : 'real';
}

/** What the journal keeps of a job before anything ran. */
export function describeJob(job: Job): PlannedJob {
	const cases = job.suite.cases.map((entry) => {
		const recipe = recipeOf(entry);
		return { name: entry.name, summary: entry.summary, ...(recipe && { recipe }) };
	});
	const { id, suite, kernelSpec, config, seed } = job;
	return { id, suite: suite.name, kernelSpec, config, seed, ...(suite.xfstests !== undefined && { xfstests: suite.xfstests }), cases };
}

/** A spec as part of a file name: `debian:6.12` -> `debian-6.12`, `/home/me/linux#v6.9` -> `home-me-linux-v6.9`. */
function safeName(spec: string): string {
	return spec.replace(/[^A-Za-z0-9.+]+/g, '-').replace(/^-|-$/g, '');
}
