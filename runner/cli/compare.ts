/** `crucible compare`: what does a patch, or another kernel, change, and how sure is that? */

import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { checkout } from '../config/paths.ts';
import { outputStyle } from '../config/settings.ts';
import { exitCodes, type Run } from '../model/run.ts';
import { comparisonLines } from '../report/compare.ts';
import { toCompareHtml } from '../report/html/compare.ts';
import { createPaint } from '../report/paint.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { compare, type Side } from '../session/compare.ts';
import { exitCodeOf } from '../session/fold.ts';
import { findRun, newRunId } from '../session/store.ts';
import { narrowing } from '../suite/select.ts';
import { UserError } from '../util/errors.ts';
import { exists, writeWhole } from '../util/files.ts';
import type { CommandContext } from './context.ts';
import { addSettings, collect, settingsOf, wholeNumber } from './flags.ts';
import { parseKernel, repositoryOf } from './repository.ts';
import { selectFor } from './selection.ts';
import { addSeries, type SeriesFlags, seriesOf } from './series.ts';
import { addXfstests, type XfstestsFlags, xfstestsOf } from './xfstests.ts';

interface CompareFlags extends SeriesFlags, XfstestsFlags {
	readonly base?: string;
	readonly head?: string;
	readonly tag?: string[];
	readonly times: number;
	readonly threshold: number;
	readonly timeout?: number;
	readonly seed?: number;
	readonly json?: boolean;
}

const codes = { regression: exitCodes.fail, 'no regression': exitCodes.pass, untestable: exitCodes.untestable } as const;

/** What is to be said of two stored runs; all the rest is about what runs. */
const forStored = ['base', 'head', 'threshold', 'json'];
/** What the head alone gets. */
const forHead = ['patch', 'range'];

export function addCompare(program: Command, context: CommandContext): void {
	const command = addSeries(program.command('compare'))
		.description('runs a base and a head in turns, or takes stored runs, and tells what changed; exit 1 on a proved regression')
		.argument('[globs...]', 'suites or suite/case, with wildcards; without any those that the series touches, or all of a stored run')
		.option('--base <what>', 'a stored run, a kernel, or a ref of the kernel’s repository (default: the kernel without the series)')
		.option('--head <what>', 'the same for the other side (default: the kernel with the series)')
		.option('--tag <tag>', 'only cases with this tag; repeatable', collect)
		.option('--times <n>', 'how often each side runs', wholeNumber(1), 5)
		.option(
			'--threshold <p>',
			'the p-value that proves a change; none is asked of a case that fails each time on one side, three times or more, and never on the other',
			probability,
			0.05,
		)
		.option('--timeout <s>', 'seconds that replace each case’s own (scaled under TCG)', wholeNumber(1))
		.option('--seed <n>', 'for everything random', wholeNumber(0))
		.option('--json', 'the comparison as one JSON document on stdout');
	addSettings(addXfstests(command), ['kernel', 'config', 'accel', 'jobs', 'templates', 'warp']).action(
		async (globs: string[], flags: CompareFlags) => {
			const { drain, stop } = context.interrupts;
			refuseIdle(command, flags);
			const settings = await settingsOf({ ...flags });
			const series = await seriesOf(flags, settings.kernel, drain);
			if (flags.base === undefined && flags.head === undefined && series.patches.length === 0)
				throw new UserError('there is nothing to compare', { hint: 'give --patch FILE, --range base..head, or --base and --head' });
			const base = await sideOf(flags.base, series.kernels, []);
			const head = await sideOf(flags.head, series.kernels, series.patches);
			const stored = [base, head].flatMap((side) => ('run' in side ? side.run : []));
			const narrow = narrowing(stored, globs);
			const narrowed = (side: Side): Side => ('run' in side ? { ...side, run: narrow(side.run) } : side);
			const names = globs.length === 0 && flags.tag === undefined ? stored.slice(0, 1).flatMap(casesIn) : globs;
			const choose = async () => selectFor(names, flags.tag, series.patches, { request: await xfstestsOf(flags, names) });
			const { suites } = stored.length === 2 ? { suites: [] } : await choose();
			const id = newRunId(new Date());
			const dir = join(checkout.results, `${id}-compare`);
			const { color, live } = outputStyle(Boolean(process.stderr.isTTY));
			const paint = createPaint(color);
			const { stderr } = process;
			const reporter = createTerminalReporter({ stdout: stderr, stderr, isTty: live, color, width: stderr.columns ?? 100 });
			try {
				const comparison = await compare({
					id,
					dir,
					base: narrowed(base),
					head: narrowed(head),
					suites,
					settings,
					times: flags.times,
					timeoutS: flags.timeout,
					threshold: flags.threshold,
					seed: flags.seed ?? randomInt(2 ** 31),
					command: process.argv.slice(2),
					onTurn: (round, side) => stderr.write(`${paint('bold', `round ${round} of ${flags.times}: ${side}`)}\n`),
					onRun: writeReports,
					listeners: [reporter.onEvent],
					drain,
					stop,
				});
				reporter.stop();
				const report = join(dir, 'report.html');
				await writeWhole(report, await toCompareHtml(comparison));
				const out = flags.json ? stderr : process.stdout;
				out.write(
					`${comparisonLines(comparison, { paint: createPaint(outputStyle(Boolean(process.stdout.isTTY)).color), report }).join('\n')}\n`,
				);
				if (flags.json) process.stdout.write(`${JSON.stringify(comparison, undefined, '\t')}\n`);
				context.finish(comparison.unproved ? exitCodeOf(comparison.unproved.status) : codes[comparison.verdict]);
			} finally {
				reporter.stop();
			}
		},
	);
}

function isStored(what: string | undefined): boolean {
	// "20261121-014500-3fa9c1", or the beginning of it
	return what === 'latest' || /^\d{8}-\d{4}/.test(what ?? '');
}

/** Refuses what would have no effect, so that nobody takes the answer for one about it. */
function refuseIdle(command: Command, { base, head }: CompareFlags): void {
	if (!isStored(head)) return;
	const [isIdle, why, hint] = isStored(base)
		? [(name: string) => !forStored.includes(name), '--base and --head are stored runs', 'leave it out; globs choose among their cases']
		: [(name: string) => forHead.includes(name), '--head is a stored run', 'leave --head out: it is the kernel with the series then'];
	const idle = command.options
		.map((option) => ({ flag: option.long ?? option.flags, name: option.attributeName() }))
		.find(({ name }) => command.getOptionValueSource(name) === 'cli' && isIdle(name));
	if (idle) throw new UserError(`${idle.flag} would do nothing: ${why}`, { hint });
}

/** What `--base` or `--head` names; undefined is the kernel in force, with `patches`. */
async function sideOf(
	what: string | undefined,
	kernels: readonly string[],
	patches: Extract<Side, { kernels: unknown }>['patches'],
): Promise<Side> {
	const added = patches.length > 0 ? ` + ${patches.map(({ name }) => name).join(' + ')}` : '';
	if (what === undefined) return { name: `${kernels.join(', ')}${added}`, kernels, patches };
	if (isStored(what)) {
		const { run } = await findRun(checkout.results, what);
		return { name: `run ${run.id}`, run };
	}
	const spec = (await isKernel(what)) ? what : refOf(what, kernels);
	return { name: `${spec}${added}`, kernels: [spec], patches };
}

async function isKernel(what: string): Promise<boolean> {
	if (what.includes('#') || what.startsWith('debian:')) return true;
	const spec = parseKernel(what);
	return 'path' in spec && (await exists(spec.path));
}

/** A bare ref, in the repository that `--kernel` names. */
function refOf(ref: string, kernels: readonly string[]): string {
	const repository = repositoryOf(kernels);
	if (repository !== undefined) return `${repository}#${ref}`;
	throw new UserError(`"${ref}" is neither a stored run nor a kernel, and ${kernels.join(' and ')} is no repository to look it up in`, {
		hint: './crucible compare --kernel ~/linux --base v6.12 …, or name a run of results/',
	});
}

function casesIn(run: Run): string[] {
	return [...new Set(run.jobs.flatMap((job) => job.cases.map((result) => `${job.suite}/${result.case}`)))];
}

function probability(value: string): number {
	const number = Number(value);
	if (!(number > 0 && number < 1)) throw new InvalidArgumentError('not a number between 0 and 1.');
	return number;
}
