/** Records a case until it fails, runs the recording again, and opens gdb on it. */

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { blankDisk } from '../image/disk.ts';
import type { Patch } from '../kernel/patch.ts';
import type { Run } from '../model/run.ts';
import { UserError } from '../util/errors.ts';
import { converse, exec } from '../util/exec.ts';
import { gdbScript } from '../vm/gdb-script.ts';
import { outputsOf } from '../vm/launch.ts';
import { makePrivateDir } from '../vm/private-dir.ts';
import { qemu } from '../vm/qemu-args.ts';
import { replayWhole, startReplay } from '../vm/replay.ts';
import { outputPath } from '../vm/rr-args.ts';
import { type ConsoleDifference, consoleDifference } from './console-difference.ts';
import { gdbGreeting } from './gdb-greeting.ts';
import type { Job } from './plan.ts';
import { whyNotRecordable } from './recordable.ts';
import { eventLog, type Recorder } from './recorder.ts';
import { furnishAgain, keepRecording, type Recording, recordingFiles } from './recording.ts';
import { executeRun, type RunControl } from './run.ts';
import { openStore } from './store.ts';

export interface RecordRequest extends RunControl {
	readonly id: string;
	/** `results/<id>-rr`. */
	readonly dir: string;
	/** Of one case; it is repeated until it fails. */
	readonly job: Job;
	readonly settings: Settings;
	readonly patches: readonly Patch[];
	/** Told of each step, a line. */
	readonly say: (text: string) => void;
}

interface Recorded {
	/** The last that there was: with a log, unless the one without came to nothing. */
	readonly run: Run;
	/** Its folder. */
	readonly runDir: string;
	readonly recording?: Recording | undefined;
}

/**
 * Runs the case once without a log, then with one until it fails, at most `job.repeat` times. The recording of the failure is kept in `dir`,
 * those of passes are not. Throws a UserError for a case that cannot be recorded.
 */
export async function record(request: RecordRequest): Promise<Recorded> {
	const { id, dir, job, say, drain } = request;
	const [entry] = job.suite.cases;
	if (!entry) throw new Error('a job without a case');
	const why = whyNotRecordable(job.suite, entry);
	if (why !== undefined)
		throw new UserError(`${job.suite.name}/${entry.name} cannot be recorded: ${why}`, { hint: './crucible rr --help' });
	say('once without a log, on the same machine');
	let plainMs = 0;
	const plain = await runWith(request, 'plain', 1, {
		isRecording: false,
		async onAttempt(_, { tookMs }) {
			plainMs = tookMs;
		},
		wantsMore: () => true,
	});
	if (drain.aborted || plain.counts.PASS + plain.counts.FAIL + plain.counts.XFAIL + plain.counts.INCONCLUSIVE === 0)
		return { run: plain, runDir: join(dir, 'plain') };
	say(`recording, until it fails, at most ${job.repeat} times`);
	const version = (await exec(qemu, ['--version'])).stdout.split('\n')[0] ?? '';
	let recording: Recording | undefined;
	let number = 0;
	const run = await runWith(request, 'run', job.repeat, {
		isRecording: true,
		async onAttempt(attempt, made) {
			number++;
			if (attempt.status === 'FAIL' || attempt.status === 'XFAIL') {
				const facts = { id, case: entry.name, qemu: version, number, plainMs };
				recording = await keepRecording(dir, attempt, made, facts, request.stop);
			}
			const boot = join(made.dir, 'boot');
			for (const path of [join(boot, eventLog), outputsOf(boot)]) await rm(path, { recursive: true, force: true });
		},
		wantsMore: () => recording === undefined,
	});
	return { run, runDir: join(dir, 'run'), recording };
}

async function runWith({ dir, job, settings, ...request }: RecordRequest, name: string, repeat: number, recorder: Recorder): Promise<Run> {
	await using store = await openStore(dir, name);
	const jobs = [{ ...job, repeat, untilFailure: true }];
	// Of KVM there is no log, and a clone begins in the middle of one.
	return await executeRun({ ...request, jobs, settings: { ...settings, accel: 'tcg', warp: false, reruns: 0 }, recorder, store });
}

export interface Replayed {
	readonly tookMs: number;
	/** undefined: the console is the same, byte for byte. */
	readonly difference: ConsoleDifference | undefined;
}

/** Runs a recording again and compares its console. Throws an InfraError when QEMU does not come to the end of the log. */
export async function replay(dir: string, recording: Recording, signal: AbortSignal): Promise<Replayed> {
	await using scratch = await makePrivateDir(dir);
	const spec = await furnishAgain(dir, recording, scratch.path, signal);
	const began = performance.now();
	// A replay takes about as long as the recording, on a host that does nothing else.
	const ms = 60_000 + 8 * recording.tookMs;
	await replayWhole(spec, { log: join(dir, recordingFiles.log), outputs: scratch.path, ms, signal });
	const tookMs = Math.round(performance.now() - began);
	const console = outputPath(scratch.path, 'console');
	const difference = consoleDifference(await readFile(join(dir, recordingFiles.console)), await readFile(console));
	if (difference) await rename(console, join(dir, recordingFiles.otherConsole));
	return { tookMs, difference };
}

/** Runs a recording again under gdb, which has the terminal, or does what the file `batch` says; returns its exit code. */
export async function debug(dir: string, recording: Recording, batch: string | undefined, signal: AbortSignal): Promise<number> {
	await using scratch = await makePrivateDir(dir);
	const spec = await furnishAgain(dir, recording, scratch.path, signal);
	const snapshots = join(scratch.path, 'snapshots.qcow2');
	await blankDisk(snapshots, signal);
	await using machine = await startReplay(spec, { log: join(dir, recordingFiles.log), outputs: scratch.path, snapshots });
	const script = join(scratch.path, 'session.gdb');
	const modules = recording.modules.flatMap(({ path, sections }) => (path === undefined ? [] : [{ path: join(dir, path), sections }]));
	await writeFile(script, gdbScript({ socket: machine.gdb, modules, greeting: gdbGreeting(recording) }));
	const how = batch === undefined ? ['-x', script] : ['-nx', '-batch', '-x', script, '-x', batch];
	return await converse('gdb', ['-q', ...how, join(dir, recordingFiles.vmlinux)]);
}
