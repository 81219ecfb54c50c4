/** Both sides of a comparison run on this machine, interleaved, so that what changes on the host changes for both. */

import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { Patch } from '../kernel/patch.ts';
import type { Comparison } from '../model/comparison.ts';
import type { Run } from '../model/run.ts';
import type { Suite } from '../suite/load.ts';
import { writeWhole } from '../util/files.ts';
import { compareRuns, mergeRuns } from './compare-runs.ts';
import { planJobs } from './plan.ts';
import { executeRun, type RunControl } from './run.ts';
import { openStore } from './store.ts';

/** A side that is to be run, or one that was. */
export type Side = { readonly name: string } & (
	| { readonly kernels: readonly string[]; readonly patches: readonly Patch[] }
	| { readonly run: Run }
);

export interface CompareRequest extends RunControl {
	readonly id: string;
	/** `results/<id>-compare`. */
	readonly dir: string;
	readonly base: Side;
	readonly head: Side;
	readonly suites: readonly Suite[];
	readonly settings: Settings;
	/** How often each side runs. */
	readonly times: number;
	readonly threshold: number;
	readonly seed: number;
	/** Seconds that replace each case's own timeout. */
	readonly timeoutS?: number | undefined;
	/** Told before each half of a round. */
	readonly onTurn: (round: number, side: 'base' | 'head') => void;
	/** Given each run as it ends, and its folder. */
	readonly onRun: (run: Run, dir: string) => Promise<void>;
}

/** Runs what is to be run, and compares. A side that cannot be built ends it with the first round. */
export async function compare(request: CompareRequest): Promise<Comparison> {
	const runs = { base: storedOf(request.base), head: storedOf(request.head) };
	const turns = { base: runs.base.length === 0, head: runs.head.length === 0 };
	for (let round = 1; round <= request.times && (turns.base || turns.head); round++) {
		// base head, head base, base head, ...: a host that slows down over time slows both.
		for (const side of round % 2 === 1 ? (['base', 'head'] as const) : (['head', 'base'] as const)) {
			if (!turns[side] || request.drain.aborted) continue;
			request.onTurn(round, side);
			runs[side].push(await runSide(request, side, round));
		}
		const isUntestable = [...runs.base, ...runs.head].some(({ jobs }) => jobs.some((job) => job.problem));
		if (isUntestable || request.drain.aborted) break;
	}
	request.drain.throwIfAborted();
	const comparison = compareRuns(mergeRuns(runs.base), mergeRuns(runs.head), {
		id: request.id,
		made: new Date().toISOString(),
		threshold: request.threshold,
		names: { base: request.base.name, head: request.head.name },
		runs: { base: runs.base.map(({ id }) => id), head: runs.head.map(({ id }) => id) },
	});
	await writeWhole(join(request.dir, 'comparison.json'), `${JSON.stringify(comparison, undefined, '\t')}\n`);
	return comparison;
}

function storedOf(side: Side): Run[] {
	return 'run' in side ? [side.run] : [];
}

async function runSide(request: CompareRequest, name: 'base' | 'head', round: number): Promise<Run> {
	const side = request[name];
	if ('run' in side) throw new Error(`${side.name} was run already`);
	const { suites, seed, command, listeners, drain, stop } = request;
	// A failure is a count here, and every run counts the same: reruns of failures only would bend the rates.
	const settings = { ...request.settings, reruns: 0 };
	const jobs = planJobs(suites, side.kernels, settings.config, { repeat: 1, seed: seed + round, timeoutS: request.timeoutS });
	await using store = await openStore(request.dir, `${name}-${round}`);
	const run = await executeRun({ jobs, settings, patches: side.patches, command, store, listeners, drain, stop });
	await request.onRun(run, store.dir);
	return run;
}
