/** `crucible rr`: a failure recorded with QEMU's record/replay, run again at will, and looked at with gdb, forwards and backwards. */

import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { outputStyle } from '../config/settings.ts';
import { exitCodes } from '../model/run.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { debuggerNeeds, provideNeeds } from '../session/host.ts';
import { planJobs } from '../session/plan.ts';
import { findRecording, type Recording, recordingDir } from '../session/recording.ts';
import { debug, record, replay } from '../session/rr.ts';
import { newRunId } from '../session/store.ts';
import { UserError } from '../util/errors.ts';
import { formatBytes, formatDuration } from '../util/text.ts';
import type { CommandContext } from './context.ts';
import { addSettings, settingsOf, wholeNumber } from './flags.ts';
import { selectFor } from './selection.ts';
import { addSeries, type SeriesFlags, seriesOf } from './series.ts';
import { userPath } from './user-path.ts';

interface RecordFlags extends SeriesFlags {
	readonly tries: number;
	readonly timeout?: number;
	readonly seed?: number;
}

const out = (text: string) => void process.stdout.write(`${text}\n`);
const say = (text: string) => void process.stderr.write(`crucible: ${text}\n`);

export function addRr(program: Command, context: CommandContext): void {
	const rr = program
		.command('rr')
		.description('records a case until it fails, and runs the failure again as often as you like, under gdb too, forwards and backwards');
	const recording = addSeries(rr.command('record'))
		.description('records attempts on one CPU until one fails; 1 when a failure was recorded, 0 when all passed')
		.argument('<case>', 'suite/case; one that runs in the guest, without shares of the host and without a race')
		.option('--tries <n>', 'attempts at most', wholeNumber(1), 10)
		.option('--timeout <s>', 'seconds that replace the case’s own (scaled)', wholeNumber(1))
		.option('--seed <n>', 'for everything random', wholeNumber(0));
	addSettings(recording, ['kernel', 'config', 'jobs']).action((name: string, flags: RecordFlags) => recordCase(name, flags, context));
	rr.command('replay')
		.description('runs a recording again and compares its console, byte for byte')
		.argument('[id]', 'of the recording', 'latest')
		.option('--times <n>', 'how often', wholeNumber(1), 1)
		.action((id: string, { times }: { readonly times: number }) => replayTimes(id, times, context));
	rr.command('gdb')
		.description('opens gdb on a recording, with the symbols of the kernel and of its modules; reverse-continue goes back')
		.argument('[id]', 'of the recording', 'latest')
		.option('--batch <file>', 'do what this gdb script says, and end')
		.action((id: string, { batch }: { readonly batch?: string }) => openGdb(id, batch, context));
}

async function recordCase(name: string, flags: RecordFlags, context: CommandContext): Promise<void> {
	const given = await settingsOf({ ...flags });
	const { drain, stop } = context.interrupts;
	const { kernels, patches } = await seriesOf(flags, given.kernel, drain);
	const { suites } = await selectFor([name], undefined, []);
	const [suite] = suites;
	const [kernel] = kernels;
	if (suites.length !== 1 || suite?.cases.length !== 1)
		throw new UserError(`"${name}" is ${suites.flatMap(({ cases }) => cases).length} cases`, { hint: 'a recording is of one: suite/case' });
	if (kernels.length !== 1 || kernel === undefined) throw new UserError('a recording is of one kernel', { hint: 'give one --kernel' });
	const options = { repeat: flags.tries, seed: flags.seed ?? randomInt(2 ** 31), timeoutS: flags.timeout };
	const [job] = planJobs([suite], [kernel], given.config, options);
	if (!job) throw new Error('no job was planned');
	const id = newRunId(new Date());
	const dir = recordingDir(checkout.results, id);
	const { color, live } = outputStyle(Boolean(process.stderr.isTTY));
	const width = process.stderr.columns ?? 100;
	const reporter = createTerminalReporter({ stdout: process.stdout, stderr: process.stderr, isTty: live, color, width });
	try {
		const { run, runDir, recording } = await record({
			id,
			dir,
			job,
			settings: { ...given, kernel: [...kernels] },
			patches,
			command: process.argv.slice(2),
			say(text) {
				reporter.stop();
				say(text);
			},
			listeners: [reporter.onEvent],
			drain,
			stop,
		});
		await writeReports(run, runDir);
		reporter.finish(run, { report: join(runDir, 'report.html') });
		if (!recording) return context.finish(run.exitCode);
		out(recordedLine(recording));
		const { tookMs, difference } = await replay(dir, recording, drain);
		if (difference) say(`it does not replay: line ${difference.line} of the console differs`);
		else out(`replayed   to the same end in ${formatDuration(tookMs)}`);
		out(`recording  ${dir}\nnext       ./crucible rr gdb ${id}`);
		context.finish(difference ? exitCodes.ours : exitCodes.fail);
	} finally {
		reporter.stop();
	}
}

/** What it is and what it cost. */
function recordedLine({ number, tookMs, plainMs, logBytes, attempt }: Recording): string {
	const times = `${formatDuration(tookMs)} with its boot, ${formatDuration(plainMs)} without a log (${(tookMs / plainMs).toFixed(1)}x)`;
	return `recorded   attempt ${number}, ${attempt.status}: ${times}, log of ${formatBytes(logBytes)}`;
}

async function replayTimes(id: string, times: number, context: CommandContext): Promise<void> {
	const { dir, recording } = await findRecording(checkout.results, id);
	say(`${recording.suite}/${recording.case} on ${recording.kernel.release}, recorded ${recording.made}`);
	for (let number = 1; number <= times; number++) {
		const { tookMs, difference } = await replay(dir, recording, context.interrupts.drain);
		if (!difference) {
			out(`replay ${number} of ${times}: the same console, byte for byte, in ${formatDuration(tookMs)}`);
			continue;
		}
		const { line, recorded, replayed } = difference;
		out(`replay ${number} of ${times}: parts from the recording in line ${line} of the console (diverged-console.log)`);
		out(`  recorded  ${JSON.stringify(recorded) ?? 'nothing more'}\n  replayed  ${JSON.stringify(replayed) ?? 'nothing more'}`);
		return context.finish(exitCodes.fail);
	}
}

async function openGdb(id: string, batch: string | undefined, context: CommandContext): Promise<void> {
	const { dir, recording } = await findRecording(checkout.results, id);
	const { drain, leaveKeys } = context.interrupts;
	const script = batch === undefined ? undefined : userPath(batch);
	await provideNeeds(debuggerNeeds, { signal: drain, onProgress: say });
	using _keys = leaveKeys();
	context.finish(await debug(dir, recording, script, drain));
}
