/** A job on this machine: what its cases need is made, its guests can start, and a kernel that does not boot fails it once. */

import { join } from 'node:path';
import type { KnownIssue } from '../config/known-issues.ts';
import { folders, type Settings } from '../config/settings.ts';
import type { Image } from '../image/initramfs.ts';
import type { BuiltKernel } from '../kernel/build.ts';
import { baseHash } from '../kernel/identity.ts';
import type { Attempt, JobResult } from '../model/run.ts';
import type { Case } from '../suite/load.ts';
import type { Provisions } from '../suite/provision.ts';
import { writeSuiteInitrd } from '../suite/suite-initrd.ts';
import { formatPosition, KernelError, messageOf, UserError } from '../util/errors.ts';
import type { AccelChoice } from '../vm/accel.ts';
import type { Clock } from '../vm/machine-spec.ts';
import type { Emitter } from './emitter.ts';
import { guestSource } from './guest.ts';
import { clockOf, type Job } from './plan.ts';
import { eventLog, type Recorder, recordedScale } from './recorder.ts';
import { type JobParts, settleCase } from './settle-case.ts';
import { machineSpec, prepareSuite } from './workshop.ts';

/** What all jobs of a run have in common. */
export interface JobContext {
	readonly settings: Settings;
	readonly runDir: string;
	readonly emitter: Emitter;
	readonly accel: AccelChoice;
	readonly qemu: string;
	readonly images: ReadonlyMap<string, Image>;
	/** Of prepareContents. */
	readonly contents: ReadonlyMap<string, Provisions['contents']>;
	readonly knownIssues: readonly KnownIssue[];
	/** Attempts of a case that ended before the run was resumed, and count. */
	readonly earlier: (job: string, name: string) => readonly Attempt[];
	/** The guests are made for it. */
	readonly recorder?: Recorder | undefined;
	/** YYYY-MM-DD. */
	readonly today: string;
	/** Whether another attempt of anything may begin. */
	readonly wantsMore: () => boolean;
	readonly drain: AbortSignal;
	readonly stop: AbortSignal;
}

/** A job that takes cases, several at once; disposed when no more will come. */
export interface OpenJob extends AsyncDisposable {
	readonly run: (entry: Case) => Promise<void>;
}

/**
 * A job that is ready for its cases: what it needs is made, and its guests can start. `entries` are those that will come. One that cannot be
 * prepared on this kernel fails, and takes its cases without running them.
 */
export async function openJob(context: JobContext, kernel: BuiltKernel, job: Job, entries: readonly Case[]): Promise<OpenJob> {
	try {
		return await prepareJob(context, kernel, job, entries);
	} catch (error) {
		if (!(error instanceof KernelError) && !(error instanceof UserError)) throw error;
		failJob(context.emitter, job, error);
		return { async run() {}, async [Symbol.asyncDispose]() {} };
	}
}

async function prepareJob(context: JobContext, kernel: BuiltKernel, job: Job, entries: readonly Case[]): Promise<OpenJob> {
	const { settings, emitter, accel, images, stop, recorder } = context;
	const image = images.get(job.suite.image);
	if (!image) throw new Error(`image ${job.suite.image} was not prepared`);
	const began = performance.now();
	const { provisions, objects } = await prepareSuite(job.suite, kernel, context.contents.get(job.suite.name) ?? {}, {
		emitter,
		signal: context.drain,
	});
	const initrd = recorder ? join(context.runDir, 'jobs', job.id, 'initrd') : image.path;
	if (recorder) await writeSuiteInitrd(image.path, job.suite, provisions, initrd);
	const timeoutScale = accel.timeoutScale * (recorder ? recordedScale : 1);
	const makeSpec = (dir: string, clock: Clock) =>
		machineSpec(job.suite, { boot: kernel.boot, initrd, accel: accel.accel, clock, isRecordable: recorder !== undefined }, dir);
	const clockFor = (entry: Case) => clockOf(entry, accel.accel, settings.warp);
	const sourceFor = (clock: Clock, count: number) =>
		guestSource({
			suite: job.suite,
			makeSpec: (dir) => makeSpec(dir, clock),
			provisions,
			templates:
				settings.templates && !recorder
					? { cacheDir: folders.cache, kernelHash: baseHash(kernel.identity), initrdHash: image.hash }
					: undefined,
			hasSuite: recorder !== undefined,
			recordTo: recorder?.isRecording ? eventLog : undefined,
			isForMany: count > 1,
			timeoutScale,
			onNote: (text) => emitter.emit({ type: 'note', text }),
			signal: stop,
		});
	const countOf = (clock: Clock) => entries.filter((entry) => clockFor(entry) === clock).length * job.repeat;
	const sources = { real: sourceFor('real', countOf('real')), warp: sourceFor('warp', countOf('warp')) };
	emitter.emit({ type: 'job-started', job: job.id, kernel: kernel.identity, accel: accel.accel, qemu: context.qemu });
	let hasFailed = false;
	const parts: JobParts = {
		job,
		runDir: context.runDir,
		release: kernel.identity.release,
		guests: sources,
		clockFor,
		provisions,
		objects,
		timeoutScale,
		reruns: settings.reruns,
		earlier: (entry) => context.earlier(job.id, entry.name),
		knownIssues: context.knownIssues,
		today: context.today,
		emitter,
		onAttempt:
			recorder &&
			((attempt, tookMs) => {
				const dir = join(context.runDir, attempt.dir);
				return recorder.onAttempt(attempt, {
					dir,
					tookMs,
					kernel,
					objects,
					suite: job.suite,
					provisions,
					spec: makeSpec(join(dir, 'boot'), 'real'),
				});
			}),
		wantsMore: () => !hasFailed && context.wantsMore() && (recorder?.wantsMore() ?? true),
		stop,
	};
	return {
		async run(entry) {
			try {
				await settleCase(parts, entry);
			} catch (error) {
				stop.throwIfAborted();
				if (!(error instanceof KernelError)) throw error;
				// The other cases meet the same kernel.
				if (!hasFailed) failJob(emitter, job, error);
				hasFailed = true;
			}
		},
		async [Symbol.asyncDispose]() {
			for (const source of Object.values(sources)) await source[Symbol.asyncDispose]();
			emitter.emit({ type: 'job-ended', job: job.id, durationMs: Math.round(performance.now() - began) });
		},
	};
}

/** Ends a job whose kernel, or whose suite on this kernel, cannot be tested: what did not run of it is a MISS. */
export function failJob(emitter: Emitter, job: Job, error: KernelError | UserError): void {
	emitter.emit({ type: 'job-failed', job: job.id, status: 'MISS', problem: problemOf(error) });
}

function problemOf(error: KernelError | UserError): NonNullable<JobResult['problem']> {
	const [message = '', ...more] = messageOf(error).split('\n');
	if (error instanceof KernelError) return { stage: error.stage, message, log: error.log };
	const place = error.at ? `${formatPosition(error.at)}: ` : '';
	return { message: `${place}${message}`, log: [...more, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])] };
}
