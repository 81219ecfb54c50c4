/** A whole run: everything is made, every job runs, every happening is journaled, and the reports are written. */

import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import PQueue from 'p-queue';
import { isToldBy, type KnownIssue, readKnownIssues, staleIssues } from '../config/known-issues.ts';
import { checkout } from '../config/paths.ts';
import { folders, type Settings } from '../config/settings.ts';
import type { BuiltKernel } from '../kernel/build.ts';
import type { Patch } from '../kernel/patch.ts';
import { saveSeries } from '../kernel/save-series.ts';
import type { KernelSource } from '../kernel/source.ts';
import type { Event, EventListener } from '../model/event.ts';
import type { CaseResult, Run } from '../model/run.ts';
import type { Moved } from '../race/sweep.ts';
import type { Suite } from '../suite/load.ts';
import { KernelError, messageOf } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { randomFrom, shuffled } from '../util/random.ts';
import { chooseAccel } from '../vm/accel.ts';
import { parseAvailable } from '../vm/template-place.ts';
import { checkpatch } from './checkpatch.ts';
import { durationKey, readDurations, recordDurations } from './durations.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import { prepareHost } from './host.ts';
import { ranWhole } from './issues-check.ts';
import { jobDesk } from './job-desk.ts';
import { failJob, type JobContext, openJob } from './open-job.ts';
import { ownCommit } from './own-commit.ts';
import { pastOf, requireSameKernel } from './past.ts';
import { describeJob, type Job } from './plan.ts';
import type { Recorder } from './recorder.ts';
import { guestsAtOnce, inOrder, scheduleTasks, type Task } from './schedule.ts';
import type { RunStore } from './store.ts';
import { sweepJob, tellSweep } from './sweep.ts';
import { madeOf } from './unmet.ts';
import { prepareContents, prepareImages, prepareKernel, prepareSource } from './workshop.ts';

/** Who asked for runs, who hears of them, and how they are told to end. */
export interface RunControl {
	/** argv after `crucible`. */
	readonly command: readonly string[];
	readonly listeners: readonly EventListener[];
	/** Begin nothing new; also stops what is not a case (a build, a download). */
	readonly drain: AbortSignal;
	/** Stop the running case too. */
	readonly stop: AbortSignal;
}

export interface RunRequest extends RunControl {
	readonly jobs: readonly Job[];
	readonly settings: Settings;
	/** On top of every kernel. */
	readonly patches: readonly Patch[];
	/** Those of them that the tree's own checkpatch.pl is to look at. */
	readonly reviewed?: readonly Patch[];
	/** Holds of the cases' races that are moved over every call. */
	readonly sweep?: readonly Moved[] | undefined;
	/** So many of the sweep's orders, chosen at random, and not all of them. */
	readonly sample?: { readonly orders: number; readonly seed: number } | undefined;
	/** `suite/case` in the order in which they begin, as far as lanes and those that must be alone let them; the longest first when left out. */
	readonly order?: readonly string[] | undefined;
	/** Suites whose needs the kernel meets beside those of the jobs, so that several runs have one kernel. */
	readonly kernelSuites?: readonly Suite[] | undefined;
	/** Begin nothing more after a case that ended so. */
	readonly stopWhen?: ((result: CaseResult) => boolean) | undefined;
	/** Guests are made so that QEMU can run them again. */
	readonly recorder?: Recorder;
	/** Told in the run's own, of how it came to begin. */
	readonly notes?: readonly string[];
	readonly store: RunStore;
}

interface Shared extends JobContext {
	readonly request: RunRequest;
	/** Names of cases that a resumed run has already settled, by job. */
	readonly done: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Runs the jobs and returns the run as run.json has it. What makes the whole run impossible (usage, our side) is thrown, after the
 * journal was ended; a kernel that does not build or boot, or a suite that cannot be prepared on it, is a result.
 */
export async function executeRun(asked: RunRequest): Promise<Run> {
	const { store, settings, drain } = asked;
	const series = join(store.dir, 'series');
	const patched = asked.jobs.map((job) => ({ ...job, series: relative(checkout.top, series) }));
	const request = asked.patches.length === 0 ? asked : { ...asked, jobs: patched };
	const resumedAtMs = store.fold.lastMs();
	let isEnough = false;
	const watch = (event: Event) => {
		if (event.type === 'case-ended') isEnough ||= request.stopWhen?.(event.result) ?? false;
	};
	const emitter = createEmitter([store.record, watch, ...request.listeners], resumedAtMs);
	// Before the journal begins: a run that can be resumed has its patches.
	await saveSeries(series, request.patches);
	if (resumedAtMs !== undefined) {
		await store.replay((event) => {
			for (const listener of [watch, ...request.listeners]) listener(event);
		});
		emitter.emit({ type: 'run-resumed', at: new Date().toISOString() });
	} else emitter.emit({ type: 'run-started', run: await describeRun(request), plan: request.jobs.map(describeJob) });
	for (const text of request.notes ?? []) emitter.emit({ type: 'note', text });
	try {
		const specs = [...new Set(request.jobs.map((job) => job.kernelSpec))];
		const trees = [...new Set(request.jobs.flatMap((job) => job.suite.xfstests ?? []))];
		const installed = await emitter.phase('host', (progress) => prepareHost(specs, { trees, signal: drain, onProgress: progress }));
		if (installed.length > 0) emitter.emit({ type: 'note', text: `installed on this host: ${installed.join(' ')}` });
		const accel = await chooseAccel(settings.accel, { stateDir: folders.state, signal: drain });
		emitter.emit({ type: 'note', text: `accelerator ${accel.accel}: ${accel.reason}` });
		const options = { settings, emitter, signal: drain };
		// Every source is opened before the first is built: a mistyped second kernel is told at once.
		const sources: KernelSource[] = [];
		for (const spec of specs) {
			const source = await orMiss(emitter, jobsOf(request, spec), () => prepareSource(spec, request.patches, options));
			if (source) sources.push(source);
		}
		const images = await prepareImages(
			request.jobs.map((job) => job.suite.image),
			options,
		);
		const contents = await prepareContents(
			request.jobs.map((job) => job.suite),
			options,
		);
		const knownIssues = await readKnownIssues(join(checkout.suites, 'known-issues.yaml'));
		const qemu = (await exec('qemu-system-x86_64', ['--version'])).stdout.split('\n')[0] ?? '';
		const today = new Date().toISOString().slice(0, 10);
		const wantsMore = () => !drain.aborted && !isEnough;
		const past = pastOf(store.fold.run(), request.jobs, settings.reruns);
		const context = {
			settings,
			runDir: store.dir,
			drain,
			stop: request.stop,
			emitter,
			accel,
			qemu,
			images,
			contents,
			knownIssues,
			earlier: past.earlier,
			recorder: request.recorder,
			today,
			wantsMore,
		};
		const shared: Shared = { ...context, request, done: past.done };
		for (const source of sources) await runKernel(shared, source);
		if (request.sweep) for (const job of store.fold.run().jobs) emitter.emit({ type: 'note', text: tellSweep(job) });
		for (const text of baselineNotes(shared, store.fold.run())) emitter.emit({ type: 'note', text });
	} catch (error) {
		emitter.emit({ type: 'note', text: messageOf(error).split('\n')[0] ?? '' });
		await store.save();
		throw error;
	}
	const { verdict, exitCode } = store.fold.run();
	// maxRSS is in KiB on Linux (getrusage(2)).
	const peakMemoryMiB = Math.round(process.resourceUsage().maxRSS / 1024);
	if (!drain.aborted) emitter.emit({ type: 'run-ended', ended: new Date().toISOString(), verdict, exitCode, peakMemoryMiB });
	const run = await store.save();
	await recordDurations(folders.state, run);
	return run;
}

/** All cases of one kernel, side by side; when it does not build, its jobs fail together. */
async function runKernel(shared: Shared, source: KernelSource): Promise<void> {
	const { request, emitter } = shared;
	const jobs = jobsOf(request, source.spec);
	const options = { settings: request.settings, emitter, signal: request.drain };
	const suites = jobs.map((job) => job.suite);
	const needy = request.kernelSuites ?? suites;
	await using kernel = await orMiss(emitter, jobs, () => madeOf(source, () => prepareKernel(source, needy, options)));
	if (!kernel) return;
	requireSameKernel(request.store.fold.run(), jobs, kernel.identity);
	for (const text of await checkpatch(source.tree, request.reviewed ?? [], request.drain)) emitter.emit({ type: 'note', text });
	const swept = request.sweep ? await sweepAll(shared, jobs, request.sweep, kernel) : jobs;
	const planned = swept.flatMap((job) => {
		const done = shared.done.get(job.id);
		return job.suite.cases.filter((entry) => !done?.has(entry.name)).map((entry) => ({ job, entry }));
	});
	const tasks = request.order ? inOrder(planned, request.order) : planned;
	const host = { cpus: availableParallelism(), availableBytes: parseAvailable(await readFile('/proc/meminfo', 'utf8')) };
	const lanes = guestsAtOnce(request.settings.jobs, host, Math.max(0, ...suites.map((suite) => suite.memory)));
	const durations = await readDurations(folders.state);
	const schedule = scheduleTasks(tasks, request.order ? 1 : lanes, ({ job, entry }) =>
		durations.get(durationKey(job.suite.name, entry.name, job.config, shared.accel.accel)),
	);
	await using desk = jobDesk(tasks, (job, entries) => openJob(shared, kernel, job, entries));
	const take = async (task: Task) => (shared.wantsMore() ? desk.run(task) : undefined);
	await inLanes(schedule.together, lanes, take);
	await inLanes(schedule.alone, 1, take);
}

/** The orders of a sweep in place of the cases, and the plan told so. */
async function sweepAll(
	{ emitter, drain, request }: Shared,
	jobs: readonly Job[],
	sweep: readonly Moved[],
	kernel: BuiltKernel,
): Promise<Job[]> {
	const objects = { vmlinux: kernel.vmlinuxDebug, modules: new Map(kernel.modules.map((module) => [module.name, module.debugPath])) };
	const whole = await Promise.all(jobs.map((job) => sweepJob(job, sweep, objects, drain)));
	const all = whole.map((job) => sampleOf(job, request.sample));
	for (const job of all) emitter.emit({ type: 'job-swept', job: job.id, cases: describeJob(job).cases });
	return all;
}

function sampleOf(job: Job, sample: RunRequest['sample']): Job {
	if (!sample) return job;
	const chosen = shuffled(randomFrom(sample.seed), job.suite.cases).slice(0, sample.orders);
	return { ...job, suite: { ...job.suite, cases: job.suite.cases.filter((entry) => chosen.includes(entry)) } };
}

/** Works through `tasks` in order, `lanes` at a time. The first that throws ends it: nothing begins after it, and it is thrown when the others have ended. */
async function inLanes<T>(tasks: readonly T[], lanes: number, work: (task: T) => Promise<void>): Promise<void> {
	const queue = new PQueue({ concurrency: lanes });
	let broken: { readonly error: unknown } | undefined;
	for (const task of tasks)
		void queue.add(async () => {
			if (broken) return;
			await work(task).catch((error: unknown) => {
				broken ??= { error };
			});
		});
	await queue.onIdle();
	if (broken) throw broken.error;
}

function jobsOf(request: RunRequest, kernelSpec: string): Job[] {
	return request.jobs.filter((job) => job.kernelSpec === kernelSpec);
}

/** A kernel that cannot be made fails all its jobs together, and the run goes on with the others. */
async function orMiss<T>(emitter: Emitter, jobs: readonly Job[], make: () => Promise<T>): Promise<T | undefined> {
	try {
		return await make();
	} catch (error) {
		if (!(error instanceof KernelError)) throw error;
		for (const job of jobs) failJob(emitter, job, error);
		return undefined;
	}
}

/** Known issues that are stale, judged by the kernels on which a suite that must show them ran whole. */
function baselineNotes(shared: Shared, run: Run): string[] {
	const caseCounts = new Map(shared.request.jobs.map((job) => [job.id, job.suite.caseCount]));
	const ran = run.jobs
		.filter((job) => ranWhole(job.cases, caseCounts.get(job.id) ?? Number.POSITIVE_INFINITY))
		.map((job) => ({
			release: job.kernel?.release ?? '',
			matched: new Set(
				job.cases.flatMap((result) => result.attempts.flatMap((attempt) => attempt.splats.flatMap((splat) => splat.knownIssue ?? []))),
			),
			couldShow: (issue: KnownIssue) => issue.suites.includes(job.suite) && isToldBy(issue, job.config),
		}));
	return staleIssues(shared.knownIssues, shared.today, ran);
}

async function describeRun(request: RunRequest) {
	const { version } = JSON.parse(await readFile(join(checkout.top, 'package.json'), 'utf8')) as { version: string };
	const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
	const os = /^PRETTY_NAME="?([^"\n]*)/m.exec(osRelease)?.[1] ?? `Linux ${release()}`;
	const commit = await ownCommit(checkout.top);
	return {
		id: request.store.id,
		started: new Date().toISOString(),
		command: request.command,
		crucible: { version, ...(commit !== undefined && { commit }) },
		host: { os, cpus: cpus().length, memoryMiB: Math.round(totalmem() / 2 ** 20), node: process.version },
	};
}
