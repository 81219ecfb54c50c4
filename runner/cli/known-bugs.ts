/** `crucible known-bugs`: how many historical bugs do the suites catch, and which? */

import { join } from 'node:path';
import type { Command } from 'commander';
import { pickBugs, readCorpus } from '../config/corpus.ts';
import { checkout } from '../config/paths.ts';
import { outputStyle, type Settings } from '../config/settings.ts';
import { type Gate, gateExitCode } from '../model/gate.ts';
import { gateSummary, outcomeLine } from '../report/gate.ts';
import { toGateHtml } from '../report/html/gate.ts';
import { createPaint } from '../report/paint.ts';
import { createEmitter } from '../session/emitter.ts';
import { gateDir, latestGate, lockGate, readGate, saveGate } from '../session/gate-store.ts';
import { prepareHost } from '../session/host.ts';
import { measureKnownBugs } from '../session/known-bugs.ts';
import { newRunId } from '../session/store.ts';
import { prepareSource } from '../session/workshop.ts';
import { loadSuites } from '../suite/load.ts';
import { UserError } from '../util/errors.ts';
import { writeWhole } from '../util/files.ts';
import { Scope } from '../util/scope.ts';
import type { CommandContext } from './context.ts';
import { addSettings, settingsOf, wholeNumber } from './flags.ts';
import { userPath } from './user-path.ts';

interface GateFlags {
	readonly corpus?: string;
	readonly all?: boolean;
	readonly json?: boolean;
	readonly resume?: boolean;
	readonly seed: number;
}

export function addKnownBugs(program: Command, context: CommandContext): void {
	const command = program
		.command('known-bugs')
		.description('takes historical fixes out again, one at a time, and tells which of these bugs the suites catch')
		.argument('[ids...]', 'bugs of the catalogue; all without')
		.option('--corpus <dir>', 'another folder with a catalogue.json and patches')
		.option('--all', 'run every suite for every bug, and go on after a catch')
		.option('--resume', 'go on with the newest measurement, and try again what was broken')
		.option('--seed <n>', 'for everything random', wholeNumber(0), 1)
		.option('--json', 'the measurement as one JSON document on stdout');
	addSettings(command, ['kernel', 'config', 'accel', 'jobs', 'templates', 'warp', 'reruns']).action(
		async (ids: string[], flags: GateFlags) => {
			const settings = { ...(await settingsOf({ ...flags })) };
			const corpusDir = flags.corpus === undefined ? join(checkout.suites, 'known-bugs') : userPath(flags.corpus);
			const bugs = pickBugs(await readCorpus(corpusDir), ids);
			await using scope = new Scope();
			const earlier = flags.resume ? await goOn(scope) : begin(corpusDir, settings);
			if (earlier.corpus !== corpusDir)
				throw new UserError(`the newest measurement is of ${earlier.corpus}`, { hint: 'give the same --corpus, or leave --resume away' });
			const { color } = outputStyle(Boolean(process.stderr.isTTY));
			const paint = createPaint(color);
			const out = flags.json ? process.stderr : process.stdout;
			const { drain, stop } = context.interrupts;
			const kernels = await seriesOf(settings, drain);
			if (!flags.resume) scope.use(await lockGate(checkout.results, earlier.id));
			const gate = await measureKnownBugs({
				bugs,
				corpusDir,
				suites: await loadSuites(checkout.suites),
				kernels,
				settings,
				isAll: flags.all ?? false,
				seed: flags.seed,
				earlier,
				command: process.argv.slice(2),
				async onStep(state, outcome) {
					await saveGate(checkout.results, state);
					await writeWhole(join(gateDir(checkout.results, state.id), 'report.html'), await toGateHtml(state));
					if (outcome && outcome.outcome !== 'not-applicable') out.write(`${outcomeLine(outcome, paint)}\n`);
				},
				listeners: [],
				drain,
				stop,
			});
			if (flags.json) process.stdout.write(`${JSON.stringify(gate, undefined, '\t')}\n`);
			out.write(`\n${gateSummary(gate, paint).join('\n')}\nreport   ${join(gateDir(checkout.results, gate.id), 'report.html')}\n`);
			context.finish(gateExitCode(gate));
		},
	);
}

function begin(corpus: string, settings: Settings): Gate {
	const now = new Date();
	return { schema: 1, id: newRunId(now), started: now.toISOString(), corpus, kernels: settings.kernel, baselines: {}, outcomes: [] };
}

/** `scope` keeps other processes from it. */
async function goOn(scope: Scope): Promise<Gate> {
	const id = await latestGate(checkout.results);
	scope.use(await lockGate(checkout.results, id));
	return readGate(checkout.results, id);
}

/** Each kernel's series as the catalogue names it: `6.12`. */
async function seriesOf(settings: Settings, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
	const emitter = createEmitter([]);
	await prepareHost(settings.kernel, { signal, onProgress: () => {} });
	const series = new Map<string, string>();
	for (const spec of settings.kernel) {
		const { version } = await prepareSource(spec, [], { settings, emitter, signal });
		series.set(spec, `${version.major}.${version.minor}`);
	}
	return series;
}
