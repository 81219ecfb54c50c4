/** `crucible run --each`: every commit of a series on its own. */

import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import { outputStyle, type Settings } from '../config/settings.ts';
import type { Patch } from '../kernel/patch.ts';
import { exitCodeOfSeries } from '../model/series.ts';
import { createPaint } from '../report/paint.ts';
import { seriesLines } from '../report/series.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { testEach } from '../session/each.ts';
import { newRunId } from '../session/store.ts';
import type { Suite } from '../suite/load.ts';
import { UserError } from '../util/errors.ts';
import type { CommandContext } from './context.ts';

export interface EachOptions {
	readonly settings: Settings;
	readonly patches: readonly Patch[];
	readonly suites: readonly Suite[];
	readonly repeat: number;
	readonly seed: number;
	readonly timeoutS: number | undefined;
	readonly isJson: boolean;
}

/** Runs, reports, and ends with the code of the series. */
export async function runEach(
	{ settings, patches, suites, repeat, seed, timeoutS, isJson }: EachOptions,
	{ interrupts, finish }: CommandContext,
): Promise<void> {
	const [kernelSpec = '', ...more] = settings.kernel;
	if (patches.length === 0) throw new UserError('--each needs a series', { hint: 'give --patch FILE or --range base..head' });
	if (more.length > 0) throw new UserError('--each takes one kernel', { hint: `--kernel ${kernelSpec}` });
	const id = newRunId(new Date());
	const dir = join(checkout.results, `${id}-series`);
	const { stderr, stdout } = process;
	const { color, live } = outputStyle(Boolean(stderr.isTTY));
	const paint = createPaint(color);
	const reporter = createTerminalReporter({ stdout: stderr, stderr, isTty: live, color, width: stderr.columns ?? 100 });
	try {
		const report = await testEach({
			id,
			dir,
			kernelSpec,
			patches,
			suites,
			settings,
			repeat,
			seed,
			timeoutS,
			command: process.argv.slice(2),
			onStep: (on, name) => stderr.write(`${paint('bold', `${on}/${patches.length}  ${name}`)}\n`),
			onRun: writeReports,
			listeners: [reporter.onEvent],
			drain: interrupts.drain,
			stop: interrupts.stop,
		});
		reporter.stop();
		const out = isJson ? stderr : stdout;
		out.write(`\n${seriesLines(report, createPaint(outputStyle(Boolean(out.isTTY)).color)).join('\n')}\nruns     ${dir}\n`);
		if (isJson) stdout.write(`${JSON.stringify(report, undefined, '\t')}\n`);
		finish(exitCodeOfSeries(report));
	} finally {
		reporter.stop();
	}
}
