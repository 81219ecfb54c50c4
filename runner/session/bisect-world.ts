/** What a bisection acts on: the kernels of its commits, built here, and one case, run in guests here. */

import type { Told, Untold, World } from '../bisect/engine.ts';
import type { Settings } from '../config/settings.ts';
import type { Patch } from '../kernel/patch.ts';
import type { Bisection } from '../model/bisection.ts';
import type { Attempt, KernelIdentity, Run } from '../model/run.ts';
import type { Suite } from '../suite/load.ts';
import { InfraError } from '../util/errors.ts';
import { hashOf } from '../util/hash.ts';
import { signsOf } from './catch.ts';
import { createEmitter } from './emitter.ts';
import { freshSeeds } from './fresh-seeds.ts';
import { planJobs } from './plan.ts';
import { executeRun, type RunControl } from './run.ts';
import { newRunId, openStore } from './store.ts';
import { whySkipped } from './unmet.ts';
import { prepareKernel, prepareSource, prepareSuite } from './workshop.ts';

export interface BisectSite extends RunControl {
	/** What a commit's kernel is made of. */
	readonly kernelOf: (commit: number) => { readonly spec: string; readonly config: string; readonly patches: readonly Patch[] };
	/** With the one case. */
	readonly suite: Suite;
	readonly settings: Settings;
	/** What a failure has to show to count: a splat's title, an assertion's name, a reason. */
	readonly sign?: RegExp | undefined;
	/** Where the runs go. */
	readonly dir: string;
	readonly seed: number;
	/** Seconds that replace the case's own timeout. */
	readonly timeoutS?: number | undefined;
}

// Before anything was measured: a few modules, and a short case in a clone.
const guessed = { build: 15_000, run: 5_000 } as const;

export function kernelWorld(site: BisectSite, { commits, findings }: Pick<Bisection, 'commits' | 'findings'>): World {
	const { suite, drain, listeners } = site;
	const settings = { ...site.settings, reruns: 0 };
	const spent = { build: meanOf(guessed.build), run: meanOf(guessed.run) };
	const seeds = freshSeeds(site.seed, findings);
	const orSkip = async <T>(commit: number, work: () => Promise<T>): Promise<T | { why: string }> => {
		try {
			return await work();
		} catch (error) {
			drain.throwIfAborted();
			return { why: whySkipped(error, commit === 0 || commit === commits.length - 1) };
		}
	};
	return {
		async prepare(commit) {
			const began = performance.now();
			const { spec, config, patches } = site.kernelOf(commit);
			const options = { settings: { ...settings, config }, emitter: createEmitter(listeners), signal: drain };
			const made = await orSkip(commit, async () => {
				const source = await prepareSource(spec, patches, options);
				await using kernel = await prepareKernel(source, [suite], options);
				// What a run needs besides, so that what the kernel lacks is known now.
				await prepareSuite(suite, kernel, {}, options);
				return { identity: kernelHash(kernel.identity) };
			});
			spent.build.add(performance.now() - began, 1);
			return made;
		},
		async run(commit, times, { untilFailure }) {
			const began = performance.now();
			const { spec, config, patches } = site.kernelOf(commit);
			return orSkip(commit, () =>
				persistently(async () => {
					const jobs = planJobs([suite], [spec], config, {
						repeat: times,
						untilFailure,
						seed: seeds.take(times),
						seedPerAttempt: true,
						timeoutS: site.timeoutS,
					});
					await using store = await openStore(site.dir, newRunId(new Date()));
					const run = await executeRun({
						jobs,
						settings: { ...settings, config },
						patches,
						command: site.command,
						store,
						listeners,
						drain,
						stop: site.stop,
					});
					// What was cut short is no finding.
					drain.throwIfAborted();
					const seen = judge(run, site.sign);
					if ('why' in seen) return seen;
					spent.run.add(performance.now() - began, seen.failed + seen.passed);
					return { ...seen, seeds: seeds.taken(), evidence: run.id };
				}),
			);
		},
		costs: () => ({ build: spent.build.value(), run: spent.run.value() }),
	};
}

/** An error of ours is no finding: it is tried again, and ends the bisection, which may go on later, when it stays. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
	for (let tries = 1; ; tries++)
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof InfraError) || tries === mostTries) throw error;
		}
}

const mostTries = 3;

function meanOf(guess: number) {
	let [sum, count] = [guess, 1];
	return {
		add(ms: number, times: number) {
			sum += ms;
			count += times;
		},
		value: () => sum / count,
	};
}

/** Equal for kernels that run the same, wherever their lines are. */
function kernelHash({ hashes }: KernelIdentity): string {
	const modules = Object.entries(hashes.modules).sort(([a], [b]) => (a < b ? -1 : 1));
	return hashOf(hashes.vmlinux, hashes.config, ...modules.flat());
}

/** The votes of a run of one case, or why there are none. An error of ours is thrown: it is no vote. Pure. */
export function judge(run: Pick<Run, 'jobs'>, sign: RegExp | undefined): Told | Untold {
	const attempts = run.jobs.flatMap(({ cases }) => cases.flatMap((result) => result.attempts));
	const failures = attempts.filter(({ status }) => status === 'FAIL');
	const failed = failures.filter((attempt) => sign === undefined || hasSign(attempt, sign)).length;
	const passed = attempts.filter(({ status }) => status === 'PASS' || status === 'XFAIL').length;
	if (failed + passed > 0) return { failed, passed };
	const problem = run.jobs.find((job) => job.problem)?.problem;
	if (problem) return { why: problem.message };
	const error = attempts.find(({ status }) => status === 'ERROR');
	if (error && failures.length === 0) throw new InfraError(error.reason ?? 'the guest was lost');
	const [telling] = [...failures, ...attempts];
	if (!telling) return { why: 'the case never ran' };
	const why = `${telling.status === 'FAIL' ? 'fails otherwise' : telling.status}: ${telling.reason ?? 'no reason given'}`;
	// MISS and SKIP say that this kernel cannot be tested, or lacks what the case needs, and would say so again.
	const silent = attempts.filter(({ status }) => status === 'FAIL' || status === 'INCONCLUSIVE').length;
	return silent > 0 ? { why, silent } : { why };
}

function hasSign(attempt: Attempt, sign: RegExp): boolean {
	return signsOf({ attempts: [attempt] }).some((text) => sign.test(text));
}
