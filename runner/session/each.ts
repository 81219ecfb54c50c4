/** A series tested commit by commit, so that it stays bisectable: every state must build, boot and break nothing that the state before passes. */

import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { Patch } from '../kernel/patch.ts';
import type { Run } from '../model/run.ts';
import type { SeriesReport, SeriesStep } from '../model/series.ts';
import type { Suite } from '../suite/load.ts';
import { writeWhole } from '../util/files.ts';
import { compareRuns, hasVoted } from './compare-runs.ts';
import { planJobs } from './plan.ts';
import { executeRun, type RunControl } from './run.ts';
import { openStore } from './store.ts';

export interface EachRequest extends RunControl {
	readonly id: string;
	/** `results/<id>-series`. */
	readonly dir: string;
	readonly kernelSpec: string;
	readonly patches: readonly Patch[];
	readonly suites: readonly Suite[];
	readonly settings: Settings;
	/** Every case runs this often on each. */
	readonly repeat: number;
	readonly seed: number;
	/** Seconds that replace each case's own timeout. */
	readonly timeoutS?: number | undefined;
	/** Told before each step. */
	readonly onStep: (patches: number, name: string) => void;
	/** Given each run as it ends, and its folder. */
	readonly onRun: (run: Run, dir: string) => Promise<void>;
}

/** Tests the kernel without the series, then with its first patch, its first two, and so on. */
export async function testEach(request: EachRequest): Promise<SeriesReport> {
	const { id, kernelSpec, patches, drain } = request;
	const started = new Date().toISOString();
	const steps: SeriesStep[] = [];
	let before: Run | undefined;
	for (let on = 0; on <= patches.length && !drain.aborted; on++) {
		const patch = patches[on - 1];
		const name = patch?.name ?? kernelSpec;
		request.onStep(on, name);
		const run = await runWith(request, on);
		if (drain.aborted) break;
		const step = stepOf(run, before, on, name, patch);
		steps.push(step);
		before = baseOfNext(before, run, step);
	}
	const report: SeriesReport = { schema: 1, id, started, kernelSpec, steps, total: patches.length };
	await writeWhole(join(request.dir, 'series.json'), `${JSON.stringify(report, undefined, '\t')}\n`);
	return report;
}

/** The run that the step after `run` is compared with: the last in which a case passed or failed, else the first that was built. */
export function baseOfNext(before: Run | undefined, run: Run, { problem, votes }: SeriesStep): Run | undefined {
	return problem === undefined && (votes > 0 || before === undefined) ? run : before;
}

function stepOf(run: Run, before: Run | undefined, patches: number, name: string, patch: Patch | undefined): SeriesStep {
	const problem = run.jobs.find((job) => job.problem)?.problem;
	const options = { id: run.id, made: run.started, threshold: 0.05, names: { base: 'before', head: name } };
	return {
		patches,
		name,
		...(patch?.commit && { author: patch.commit.author }),
		run: run.id,
		verdict: run.verdict,
		votes: run.jobs.flatMap(({ cases }) => cases).filter(hasVoted).length,
		...(problem && { problem }),
		changes: before && !problem ? compareRuns(before, run, options).changes : [],
		remarks: run.notes.filter((note) => /compiler warning|^checkpatch, /.test(note)),
	};
}

async function runWith(request: EachRequest, on: number): Promise<Run> {
	const { kernelSpec, suites, settings, repeat, seed, command, listeners, drain, stop } = request;
	const jobs = planJobs(suites, [kernelSpec], settings.config, { repeat, seed, timeoutS: request.timeoutS });
	const patches = request.patches.slice(0, on);
	await using store = await openStore(request.dir, `${on}`);
	const run = await executeRun({ jobs, settings, patches, reviewed: patches.slice(-1), command, store, listeners, drain, stop });
	await request.onRun(run, store.dir);
	return run;
}
