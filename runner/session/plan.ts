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
	/** The folder of the patches on its kernel, from the top of the checkout. */
	readonly series?: string;
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
	const { id, suite, kernelSpec, config, seed, timeoutS, series } = job;
	return {
		id,
		suite: suite.name,
		kernelSpec,
		config,
		seed,
		...(timeoutS !== undefined && { timeoutS }),
		...(series !== undefined && { series }),
		...(suite.xfstests !== undefined && { xfstests: suite.xfstests }),
		cases,
	};
}

/** How a plan differs from one of before, by its cases: `holds CASE of JOB, which is no case any more`; undefined when it does not. */
export function planChange(then: readonly PlannedJob[], now: readonly PlannedJob[]): string | undefined {
	const [before, after] = [namesOf(then), namesOf(now)];
	const gone = before.find((name) => !after.includes(name));
	if (gone !== undefined) return `holds ${gone}, which is no case any more`;
	const fresh = after.find((name) => !before.includes(name));
	return fresh === undefined ? undefined : `does not hold ${fresh}, a case by now`;
}

function namesOf(jobs: readonly PlannedJob[]): string[] {
	return jobs.flatMap(({ id, cases }) => cases.map(({ name }) => `${name} of ${id}`));
}

/** A spec as part of a file name: `debian:6.12` -> `debian-6.12`, `/home/me/linux#v6.9` -> `home-me-linux-v6.9`. */
function safeName(spec: string): string {
	return spec.replace(/[^A-Za-z0-9.+]+/g, '-').replace(/^-|-$/g, '');
}
