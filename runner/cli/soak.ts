/** `crucible soak`: random rounds for hours, what fails reduced, within a bound of the disk. */

import { randomInt } from 'node:crypto';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { outputStyle, type Settings } from '../config/settings.ts';
import type { Patch } from '../kernel/patch.ts';
import { readSaved, saveSeries } from '../kernel/save-series.ts';
import type { Event } from '../model/event.ts';
import type { Status } from '../model/run.ts';
import { type Soak, soakExitCode } from '../model/soak.ts';
import { createPaint, type Paint } from '../report/paint.ts';
import { type SoakNow, soakDigest } from '../report/soak.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { statusesOf } from '../session/sightings.ts';
import { soak } from '../session/soak.ts';
import { latestSoak, lockSoak, saveSoak, soakDir, soakFiles } from '../session/soak-store.ts';
import { prepareSoak, soakCases, soakWorld } from '../session/soak-world.ts';
import { newRunId } from '../session/store.ts';
import { loadSuites, type Suite } from '../suite/load.ts';
import { UserError } from '../util/errors.ts';
import { writeWhole } from '../util/files.ts';
import type { CommandContext } from './context.ts';
import { addSettings, byteSize, collect, duration, settingsOf, wholeNumber } from './flags.ts';
import { selectFor } from './selection.ts';
import { addSeries, type SeriesFlags, seriesOf } from './series.ts';

interface SoakFlags extends SeriesFlags {
	readonly for?: number;
	readonly seed?: number;
	readonly tag?: string[];
	readonly keep?: number;
	readonly resume?: boolean;
	readonly json?: boolean;
}

export function addSoak(program: Command, context: CommandContext): void {
	const command = addSeries(program.command('soak'))
		.description('runs cases for hours in random order, in chains, swept and under faults, and reduces what fails; SIGUSR1 prints a digest')
		.argument('[globs...]', 'suites or suite/case, with wildcards; without any those that a series touches, or the smoke suites')
		.option('--for <time>', 'how long: 8h, 90m, 1h30m; building the kernel does not count', duration)
		.option('--seed <n>', 'for everything random; the state names the one used', wholeNumber(0))
		.option('--tag <tag>', 'only cases with this tag; repeatable', collect)
		.option('--keep <size>', 'what the runs may take of the disk, 500M or 2G; evidence is kept beyond it (default: 2G)', byteSize)
		.option('--resume', 'go on with the newest soak, for the time that it has left; --for and --keep change what it was given')
		.option('--json', 'the state as one JSON document on stdout, at the end');
	addSettings(command, ['kernel', 'config', 'accel', 'jobs', 'templates', 'warp']).action(async (globs: string[], flags: SoakFlags) => {
		const { drain, stop } = context.interrupts;
		const given = await settingsOf({ ...flags });
		const { begun, suites, patches } = flags.resume ? await goOn(globs, flags) : await begin(globs, flags, given, drain);
		const dir = soakDir(checkout.results, begun.id);
		await using _alone = await lockSoak(checkout.results, begun.id);
		await saveSeries(join(dir, soakFiles.series), patches);
		const watch = watchSoak(begun, dir);
		const site = {
			dir,
			settings: { ...given, kernel: [...begun.kernels], config: begun.config },
			suites,
			patches,
			command: process.argv.slice(2),
			listeners: [watch.onEvent],
			save: async (state: Soak) => {
				await saveSoak(checkout.results, state);
				watch.onState(state);
			},
			onFailures: writeReports,
			drain,
			stop,
		};
		const onDigest = () => watch.say(process.stderr);
		process.on('SIGUSR1', onDigest);
		try {
			await site.save(begun);
			await prepareSoak(site);
			const state = await soak(begun, soakWorld(site, begun));
			context.finish(soakExitCode(state));
		} finally {
			process.off('SIGUSR1', onDigest);
			watch.stop();
			watch.say(flags.json ? process.stderr : process.stdout);
			await writeWhole(join(dir, soakFiles.digest), watch.text());
			if (flags.json) process.stdout.write(`${JSON.stringify(watch.state(), undefined, '\t')}\n`);
			if (watch.state().ended === undefined) process.stderr.write('crucible: ./crucible soak --resume goes on from here\n');
		}
	});
}

interface Begun {
	readonly begun: Soak;
	readonly suites: readonly Suite[];
	readonly patches: readonly Patch[];
}

async function begin(globs: readonly string[], flags: SoakFlags, given: Settings, signal: AbortSignal): Promise<Begun> {
	if (flags.for === undefined) throw new UserError('--for is missing: a soak has no end of its own', { hint: './crucible soak --for 8h' });
	const { kernels, patches } = await seriesOf(flags, given.kernel, signal);
	const { suites, why } = await selectFor(globs, flags.tag, patches);
	if (why !== undefined) process.stderr.write(`crucible: ${why}\n`);
	const now = new Date();
	const begun: Soak = {
		schema: 1,
		id: newRunId(now),
		started: now.toISOString(),
		command: process.argv.slice(2),
		kernels,
		config: given.config,
		patches: patches.map(({ name }) => name),
		cases: soakCases(suites).map((one) => `${one.suite}/${one.case}`),
		seed: flags.seed ?? randomInt(2 ** 31),
		forMs: flags.for,
		keepBytes: flags.keep ?? 2 * 2 ** 30,
		ranMs: 0,
		rounds: [],
		findings: [],
	};
	return { begun, suites, patches };
}

/** What is soaked stays as it was; how long, and in how much room, may change. */
async function goOn(globs: readonly string[], flags: SoakFlags): Promise<Begun> {
	const fixed = (['seed', 'tag', 'patch', 'range', 'kernel', 'config'] as const).find((name) => Object.hasOwn(flags, name));
	if (globs.length > 0 || fixed !== undefined)
		throw new UserError(`--resume goes on with what the soak has: ${fixed === undefined ? globs.join(' ') : `--${fixed}`} cannot change`, {
			hint: 'leave it away, or begin another soak without --resume',
		});
	const { ended: _, ...last } = await latestSoak(checkout.results);
	const begun = { ...last, forMs: flags.for ?? last.forMs, keepBytes: flags.keep ?? last.keepBytes };
	if (begun.ranMs >= begun.forMs)
		throw new UserError(`the soak ${begun.id} has had its time`, { hint: 'give it more: ./crucible soak --resume --for 16h' });
	const suites = (await loadSuites(checkout.suites))
		.map((suite) => ({ ...suite, cases: suite.cases.filter(({ name }) => begun.cases.includes(`${suite.name}/${name}`)) }))
		.filter(({ cases }) => cases.length > 0);
	const there = new Set(soakCases(suites).map((one) => `${one.suite}/${one.case}`));
	const missing = begun.cases.find((name) => !there.has(name));
	if (missing !== undefined)
		throw new UserError(`the soak ${begun.id} runs ${missing}, which is no case any more`, { hint: 'begin another' });
	const patches = begun.patches.length === 0 ? [] : await readSaved(join(soakDir(checkout.results, begun.id), soakFiles.series));
	return { begun, suites, patches };
}

/** What the user sees of it: the live line, a message for what fails, and the digest whenever it is asked for. */
function watchSoak(begun: Soak, dir: string) {
	const { stderr } = process;
	const { color, live } = outputStyle(Boolean(stderr.isTTY));
	const reporter = createTerminalReporter({ stdout: { write: () => true }, stderr, isTty: live, color, width: stderr.columns ?? 100 });
	const paint = createPaint(color);
	const shown = relative(checkout.top, dir);
	let state = begun;
	let now: SoakNow | undefined;
	const digest = (how: Paint) => `${soakDigest(state, { paint: how, dir: shown, now }).join('\n')}\n`;
	return {
		state: () => state,
		onState(next: Soak) {
			for (const { key, title, reduced, unreduced } of next.findings) {
				const before = state.findings.find((one) => one.key === key);
				if (!before) stderr.write(`${paint('red', 'new')}  ${title}\n`);
				else if (reduced && !before.reduced) stderr.write(`${paint('red', 'reduced')}  ${title}  ${reduced.shown}/${reduced.tried}\n`);
				else if (unreduced !== undefined && before.unreduced === undefined)
					stderr.write(`${paint('yellow', 'not reduced')}  ${title}  ${unreduced}\n`);
			}
			const ended = next.rounds.slice(state.rounds.length);
			for (const { number, kind, durationMs } of ended)
				if (!live) stderr.write(`round ${number} (${kind}) ended after ${Math.round(durationMs / 1000)} s\n`);
			state = next;
			if (!next.step) now = undefined;
		},
		onEvent(event: Event) {
			// A log wants to hear of builds, which take minutes; somebody who watches, of everything.
			if (live || (event.type === 'phase-ended' && event.durationMs > 30_000)) reporter.onEvent(event);
			if (event.type === 'run-started') now = { elapsedMs: 0, counts: {} };
			// Tries are no cases of a round.
			const ended: readonly Status[] = event.type === 'case-ended' && state.step?.type === 'round' ? statusesOf(event.result) : [];
			const counts = { ...now?.counts };
			for (const status of ended) counts[status] = (counts[status] ?? 0) + 1;
			if (now) now = { elapsedMs: event.atMs, counts };
		},
		say: (out: NodeJS.WriteStream) => out.write(`\n${digest(createPaint(outputStyle(Boolean(out.isTTY)).color))}`),
		text: () => digest(createPaint(false)),
		stop: reporter.stop,
	};
}
