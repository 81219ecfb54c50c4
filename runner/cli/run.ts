/** `crucible run`: the main job. */

import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { outputStyle } from '../config/settings.ts';
import type { EventListener } from '../model/event.ts';
import { type Moved, parseSweep } from '../race/sweep.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { clockOf, type Job, planJobs } from '../session/plan.ts';
import { executeRun } from '../session/run.ts';
import { documentPieces, newRunId, openStore } from '../session/store.ts';
import { checkSweep } from '../session/sweep.ts';
import { machineSpec } from '../session/workshop.ts';
import { UserError } from '../util/errors.ts';
import { formatQemuLine, qemuArgs } from '../vm/qemu-args.ts';
import type { CommandContext } from './context.ts';
import { flagOf, settingsOf } from './flags.ts';
import { printPieces } from './print-pieces.ts';
import { cutRun, requirePlanned } from './resume.ts';
import { runEach } from './run-each.ts';
import { addRunWords, type RunFlags, typedFlags } from './run-words.ts';
import { selectFor } from './selection.ts';
import { seriesOf } from './series.ts';
import { strained } from './strained.ts';
import { xfstestsOf } from './xfstests.ts';

export function addRun(program: Command, context: CommandContext): void {
	addRunWords(program.command('run'))
		.description('builds, boots, runs suites and reports; without names those that a series touches, or the smoke suites')
		.action(async (typedGlobs: string[], typed: RunFlags, command: Command) => {
			if (typed.each) refuseBesideEach(typed);
			const resumed =
				typed.resume === undefined
					? undefined
					: await cutRun(checkout.results, typed.resume, { globs: typedGlobs, flags: typedFlags(command) });
			const { globs, flags } = resumed ?? { globs: typedGlobs, flags: typed };
			const given = await settingsOf({ ...flags });
			const { kernels, patches } = resumed ?? (await seriesOf(flags, given.kernel, context.interrupts.drain));
			const settings = { ...given, kernel: [...kernels] };
			const request = await xfstestsOf(flags, globs);
			const { suites: selected, why } = await selectFor(globs, flags.tag, patches, { isBrief: flags.each ?? false, request });
			if (why !== undefined) process.stderr.write(`crucible: ${why}\n`);
			const suites = strained(selected, globs, flags);
			const seed = flags.seed ?? randomInt(2 ** 31);
			const how = { repeat: flags.repeat, seed, timeoutS: flags.timeout };
			if (flags.each) return runEach({ settings, patches, suites, ...how, isJson: flags.json ?? false }, context);
			const jobs = planJobs(suites, settings.kernel, settings.config, how);
			if (resumed) requirePlanned(resumed, jobs);
			const sweep = flags.sweep === undefined ? undefined : readSweep(flags.sweep, jobs);
			if (flags.dryRun) return printPlan(jobs, settings.warp);
			await using store = await openStore(checkout.results, resumed?.id ?? newRunId(new Date()));
			const reporter = terminal(flags);
			const listeners: EventListener[] = [reporter.onEvent];
			if (flags.events) listeners.push((event) => void process.stdout.write(`${JSON.stringify(event)}\n`));
			try {
				const { drain, stop } = context.interrupts;
				const run = await executeRun({
					jobs,
					settings,
					patches,
					reviewed: patches,
					sweep,
					stopWhen: flags.failFast ? ({ status }) => status === 'FAIL' : undefined,
					command: process.argv.slice(2),
					store,
					listeners,
					drain,
					stop,
				});
				await writeReports(run, store.dir);
				if (flags.json) await printPieces(documentPieces(run));
				reporter.finish(run, { report: join(store.dir, 'report.html') });
				context.finish(run.exitCode);
			} finally {
				reporter.stop();
			}
		});
}

function refuseBesideEach(flags: RunFlags): void {
	const idle = (['dryRun', 'sweep', 'failFast', 'events', 'resume'] as const).find((name) => flags[name] !== undefined);
	if (idle !== undefined)
		throw new UserError(`--each makes a run of every commit, and ${flagOf(idle)} is about one run`, {
			hint: `leave ${flagOf(idle)} away`,
		});
}

/** Refused before anything is built, as far as that can be. */
function readSweep(value: string, jobs: readonly Job[]): Moved[] {
	const sweep = parseSweep(value);
	if (typeof sweep === 'string') throw new UserError(`--sweep ${sweep}`);
	checkSweep(
		jobs.map(({ suite }) => suite),
		sweep,
	);
	return sweep;
}

function printPlan(jobs: readonly Job[], mayWarp: boolean): void {
	for (const job of jobs)
		for (const clock of ['real', 'warp'] as const) {
			const cases = job.suite.cases.filter((entry) => clockOf(entry, 'tcg', mayWarp) === clock).map((entry) => entry.name);
			if (cases.length === 0) continue;
			const parts = {
				boot: `<${job.kernelSpec} ${job.config}>`,
				initrd: `<initramfs ${job.suite.image}>`,
				accel: 'tcg' as const,
				clock,
			};
			const spec = machineSpec(job.suite, parts, `<run>/jobs/${job.id}`);
			process.stdout.write(`# ${job.id}: ${cases.join(' ')}\n${formatQemuLine(qemuArgs(spec, { sockets: '<sockets>' }))}\n\n`);
		}
}

/** With --json or --events stdout is theirs, so the summary goes to stderr. */
function terminal(flags: RunFlags) {
	const stdout = flags.json || flags.events ? process.stderr : process.stdout;
	const { color, live } = outputStyle(Boolean(process.stderr.isTTY));
	return createTerminalReporter({ stdout, stderr: process.stderr, isTty: live, color, width: process.stderr.columns ?? 100 });
}
