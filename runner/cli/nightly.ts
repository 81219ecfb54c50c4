/** `crucible nightly`: a matrix of kernels and configurations, its history, and what that tells. */

import { randomInt } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { environment, outputStyle } from '../config/settings.ts';
import { type Nightly, nightlyExitCode } from '../model/nightly.ts';
import { githubAnnotations, stepSummary } from '../report/github.ts';
import { toKcidb } from '../report/kcidb.ts';
import { nightlyLines } from '../report/nightly.ts';
import { createPaint } from '../report/paint.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { type History, historyFile, openHistory } from '../session/history.ts';
import { cellRuns, latestNightly, lockNightly, nightlyDir, rebuildHistory, removeOldNightlies, runNightly } from '../session/nightly.ts';
import { cellsOf, type NightlyConfig, readNightlyConfig } from '../session/nightly-config.ts';
import { newRunId } from '../session/store.ts';
import { trendsOf } from '../session/trends.ts';
import { loadSuites, type Suite } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import { UserError } from '../util/errors.ts';
import { exists, writeWhole } from '../util/files.ts';
import type { CommandContext } from './context.ts';
import { addSettings, settingsOf, wholeNumber } from './flags.ts';
import { exampleNames, exampleText } from './nightly-examples.ts';
import { userPath } from './user-path.ts';

interface NightlyFlags {
	readonly config: string;
	readonly seed?: number;
	readonly fresh?: boolean;
	readonly history?: boolean;
	readonly rebuildHistory?: boolean;
	readonly example?: string;
	readonly json?: boolean;
}

export function addNightly(program: Command, context: CommandContext): void {
	const command = program
		.command('nightly')
		.description('runs a matrix of kernels, configurations and suites, keeps its history, and tells trends; goes on where it was cut off')
		.option('--config <file>', 'the matrix', 'nightly.yaml')
		.option('--seed <n>', 'for everything random; the nightly keeps the one used', wholeNumber(0))
		.option('--fresh', 'begin anew, whatever was cut off')
		.option('--history', 'run nothing: tell the trends of the newest night')
		.option('--rebuild-history', 'make the history from the nights kept in results/')
		.option('--example <what>', `print a file to start from: ${exampleNames.join(', ')}`)
		.option('--json', 'the nightly and its trends as one JSON document on stdout');
	addSettings(command, ['accel', 'jobs', 'templates', 'warp']).action(async (flags: NightlyFlags) => {
		if (flags.example !== undefined) return void process.stdout.write(exampleText(flags.example, checkout.top));
		const file = userPath(flags.config);
		const suites = await loadSuites(checkout.suites);
		await using _alone = await lockNightly(checkout.results);
		if (flags.rebuildHistory) return rebuild();
		const config = await readNightlyConfig(file, checkout.kconfig, suites);
		// Before anything runs: a damaged history is told now and not after eight hours.
		using history = await openHistory(historyFile(checkout.results));
		if (flags.history) {
			const last = await latestNightly(checkout.results);
			if (!last) throw new UserError('there was no nightly yet', { hint: `./crucible nightly --config ${flags.config}` });
			return tell(last, config, history, flags.json ?? false);
		}
		const { config: _ours, ...rest } = flags;
		const settings = await settingsOf({ ...rest });
		const cut = await cutNightly(checkout.results, flags);
		const begun = cut ? requireSame(cut, config, file) : await begin(file, config, flags.seed);
		const nightly = await run(begun, { config, suites, settings, history, context });
		for (const name of await removeOldNightlies(checkout.results, config.keep)) process.stderr.write(`crucible: removed ${name}\n`);
		await publish(nightly, config, history);
		await tell(nightly, config, history, flags.json ?? false);
		context.finish(nightlyExitCode(nightly));
	});
}

/** The nightly that is to go on; for a fresh one nobody asks whether there is any, nor whether it can be read. */
export async function cutNightly(results: string, { fresh }: Pick<NightlyFlags, 'fresh'>): Promise<Nightly | undefined> {
	const last = fresh ? undefined : await latestNightly(results);
	return last?.ended === undefined ? last : undefined;
}

async function begin(file: string, config: NightlyConfig, seed: number | undefined): Promise<Nightly> {
	const now = new Date();
	const cells = cellsOf(config);
	if (cells.length === 0) throw new UserError('every cell of the matrix is excluded', { at: { file } });
	return {
		schema: 1,
		id: newRunId(now),
		started: now.toISOString(),
		config: JSON.stringify(config),
		seed: seed ?? randomInt(2 ** 31),
		cells,
	};
}

/** One that was cut off goes on with the matrix it began with. */
function requireSame(nightly: Nightly, config: NightlyConfig, file: string): Nightly {
	if (nightly.config !== JSON.stringify(config))
		throw new UserError(`the nightly ${nightly.id} was cut off, and ${file} has changed since`, {
			hint: '--fresh begins anew; its finished cells stay in the history',
		});
	process.stderr.write(`crucible: goes on with ${nightly.id}\n`);
	return nightly;
}

async function run(begun: Nightly, { config, suites, settings, history, context }: RunParts): Promise<Nightly> {
	const { stderr } = process;
	const { color, live } = outputStyle(Boolean(stderr.isTTY));
	const paint = createPaint(color);
	const reporter = createTerminalReporter({ stdout: stderr, stderr, isTty: live, color, width: stderr.columns ?? 100 });
	try {
		return await runNightly({
			begun,
			results: checkout.results,
			config,
			suites: selectCases(suites, config.suites, config.tags),
			settings,
			history,
			command: process.argv.slice(2),
			onCell: ({ kernel, config: name }, index) =>
				stderr.write(`${paint('bold', `${index + 1}/${begun.cells.length}  ${kernel} ${name}`)}\n`),
			onRun: writeReports,
			listeners: [reporter.onEvent],
			drain: context.interrupts.drain,
			stop: context.interrupts.stop,
		});
	} finally {
		reporter.stop();
	}
}

interface RunParts {
	readonly config: NightlyConfig;
	readonly suites: readonly Suite[];
	readonly settings: Awaited<ReturnType<typeof settingsOf>>;
	readonly history: History;
	readonly context: CommandContext;
}

/** kcidb.json and summary.md beside the state; annotations and the step summary where GitHub Actions asks for them. */
async function publish(nightly: Nightly, config: NightlyConfig, history: History): Promise<void> {
	const dir = nightlyDir(checkout.results, nightly.id);
	const runs = (await cellRuns(checkout.results, nightly)).map(({ run }) => run);
	await writeWhole(join(dir, 'kcidb.json'), `${JSON.stringify(toKcidb(runs, config.kcidb.origin), undefined, '\t')}\n`);
	const summary = stepSummary(nightly, trendsOf(history.cases(), history.splats(), config.window, nightly.id));
	await writeWhole(join(dir, 'summary.md'), summary);
	const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY } = environment;
	if (GITHUB_STEP_SUMMARY) await appendFile(GITHUB_STEP_SUMMARY, summary);
	if (GITHUB_ACTIONS === 'true') for (const line of githubAnnotations(runs)) process.stderr.write(`${line}\n`);
}

async function tell(nightly: Nightly, config: NightlyConfig, history: History, isJson: boolean): Promise<void> {
	const trends = trendsOf(history.cases(), history.splats(), config.window, nightly.id);
	const out = isJson ? process.stderr : process.stdout;
	const lines = nightlyLines(nightly, trends, createPaint(outputStyle(Boolean(out.isTTY)).color));
	out.write(`${lines.join('\n')}\nruns     ${nightlyDir(checkout.results, nightly.id)}\n`);
	if (isJson) process.stdout.write(`${JSON.stringify({ nightly, trends }, undefined, '\t')}\n`);
}

/** Never over one that is there: what a damaged file still holds is the user's to decide on. */
async function rebuild(): Promise<void> {
	const file = historyFile(checkout.results);
	if (await exists(file)) throw new UserError(`the history ${file} is there`, { hint: `mv ${file} ${file}.old` });
	using history = await openHistory(file);
	const cells = await rebuildHistory(checkout.results, history);
	process.stdout.write(`${file}: ${cells} cells\n`);
}
