/** `crucible bisect`: which commit, or which patch of a series, made a case fail? */

import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { checkout } from '../config/paths.ts';
import { environment, outputStyle, type Settings } from '../config/settings.ts';
import { readHistory } from '../kernel/git-history.ts';
import type { Patch } from '../kernel/patch.ts';
import { parseSourceSpec } from '../kernel/source-spec.ts';
import type { Bisection, Commit } from '../model/bisection.ts';
import { exitCodes } from '../model/run.ts';
import { bisectionLines, findingLine } from '../report/bisect.ts';
import { createPaint } from '../report/paint.ts';
import { failureLines } from '../report/summary.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { bisectDir, latestBisection, runBisection } from '../session/bisect.ts';
import { findRun, newRunId } from '../session/store.ts';
import { loadSuites, type Suite } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import { UserError } from '../util/errors.ts';
import type { CommandContext } from './context.ts';
import { addSettings, settingsOf, wholeNumber } from './flags.ts';
import { addSeries, type SeriesFlags, seriesOf } from './series.ts';
import { userDir } from './user-path.ts';

interface BisectFlags extends SeriesFlags {
	readonly good?: string;
	readonly bad?: string;
	readonly case?: string;
	readonly sign?: string;
	readonly confidence: number;
	readonly maxRuns: number;
	readonly seed?: number;
	readonly resume?: boolean;
	readonly json?: boolean;
}

export function addBisect(program: Command, context: CommandContext): void {
	const command = addSeries(program.command('bisect'))
		.description('finds the commit of a git tree, or the patch of a series, that makes a case fail, be it only now and then')
		.option('--good <ref>', 'a commit without the failure, of the repository that --kernel names')
		.option('--bad <ref>', 'a later commit with it')
		.option('--case <suite/case>', 'the case that tells')
		.option('--sign <regex>', 'what a failure has to show to count: a report’s title, an assertion, a reason')
		.option('--confidence <p>', 'how sure the answer has to be', confidence, 0.98)
		.option('--max-runs <n>', 'give up after so many runs of the case', wholeNumber(1), 1000)
		.option('--seed <n>', 'for everything random', wholeNumber(0))
		.option('--resume', 'go on with the newest bisection that has not ended')
		.option('--json', 'the bisection as one JSON document on stdout');
	addSettings(command, ['kernel', 'config', 'accel', 'jobs', 'templates', 'warp']).action(async (flags: BisectFlags) => {
		const { drain, stop } = context.interrupts;
		const settings = await settingsOf({ ...flags });
		const earlier = flags.resume ? await latestBisection(checkout.results) : undefined;
		const { begun, kernelOf } = await begin(flags, settings, earlier, drain);
		const { stderr } = process;
		const { color, live } = outputStyle(Boolean(stderr.isTTY));
		const paint = createPaint(color);
		const reporter = createTerminalReporter({ stdout: { write: () => true }, stderr, isTty: live, color, width: stderr.columns ?? 100 });
		const dir = bisectDir(checkout.results, begun.id);
		const sign = begun.sign === undefined ? undefined : new RegExp(begun.sign);
		const suite = await suiteOf(begun.case);
		const seed = flags.seed ?? randomInt(2 ** 30);
		const command = process.argv.slice(2);
		const listeners = live ? [reporter.onEvent] : [];
		const site = { kernelOf, suite, settings: { ...settings, config: begun.config }, sign, dir, seed, command, listeners, drain, stop };
		try {
			const state = await runBisection({
				begun,
				site,
				mostRuns: flags.maxRuns,
				onFinding(finding, after) {
					reporter.stop();
					stderr.write(`${findingLine(finding, after, paint)}\n`);
				},
			});
			reporter.stop();
			const out = flags.json ? stderr : process.stdout;
			const outPaint = createPaint(outputStyle(Boolean(out.isTTY)).color);
			out.write(`\n${bisectionLines(state, { paint: outPaint, dir, evidence: await evidenceOf(state, dir, outPaint) }).join('\n')}\n`);
			if (flags.json) process.stdout.write(`${JSON.stringify(state, undefined, '\t')}\n`);
			context.finish(state.outcome?.kind === 'found' ? exitCodes.pass : exitCodes.untestable);
		} finally {
			reporter.stop();
		}
	});
}

interface Begun {
	readonly begun: Omit<Bisection, 'badness' | 'outcome'>;
	readonly kernelOf: (commit: number) => { readonly spec: string; readonly patches: readonly Patch[] };
}

async function begin(flags: BisectFlags, settings: Settings, earlier: Bisection | undefined, signal: AbortSignal): Promise<Begun> {
	const name = earlier?.case ?? flags.case;
	if (name === undefined) throw new UserError('--case is missing: the case that tells good from bad', { hint: './crucible list' });
	await suiteOf(name);
	const [kernel = '', ...more] = settings.kernel;
	if (more.length > 0) throw new UserError('a bisection is of one kernel', { hint: `--kernel ${kernel}` });
	const now = new Date();
	const common = {
		schema: 1 as const,
		id: earlier?.id ?? newRunId(now),
		started: earlier?.started ?? now.toISOString(),
		case: name,
		config: earlier?.config ?? settings.config,
		confidence: earlier?.confidence ?? flags.confidence,
		findings: earlier?.findings ?? [],
		...signOf(earlier?.sign ?? flags.sign),
	};
	const isSeries = earlier ? earlier.kind === 'patches' : flags.good === undefined && flags.bad === undefined;
	const series = await seriesOf(flags, settings.kernel, signal);
	if (isSeries) {
		const { patches } = series;
		const [base = kernel] = series.kernels;
		if (patches.length === 0)
			throw new UserError('there is nothing to bisect', { hint: 'give --good and --bad, or a series: --patch, --range' });
		const commits: Commit[] = [
			{ id: '0', title: base, parents: [] },
			...patches.map((patch, at) => ({ id: `${at + 1}`, title: patch.commit?.title ?? patch.name, parents: [`${at}`] })),
		];
		sameAs(earlier, commits);
		return {
			begun: { ...common, kind: 'patches', source: base, commits },
			kernelOf: (commit) => ({ spec: base, patches: patches.slice(0, commit) }),
		};
	}
	const repository = earlier?.source ?? repositoryOf(kernel);
	const [good, bad] = [earlier?.commits[0]?.id ?? flags.good, earlier?.commits.at(-1)?.id ?? flags.bad];
	if (good === undefined || bad === undefined)
		throw new UserError(`--${good === undefined ? 'good' : 'bad'} is missing`, {
			hint: './crucible bisect --kernel ~/linux --good v6.11 --bad HEAD --case …',
		});
	const history = await readHistory(repository, good, bad, signal);
	const { commits } = history;
	return {
		begun: { ...common, kind: 'commits', source: history.repository, commits },
		kernelOf: (commit) => ({ spec: `${history.repository}#${commits[commit]?.id ?? ''}`, patches: series.patches }),
	};
}

function sameAs(earlier: Bisection | undefined, commits: readonly Commit[]): void {
	if (!earlier || JSON.stringify(earlier.commits) === JSON.stringify(commits)) return;
	throw new UserError('the newest bisection is of another series', {
		hint: 'give the same --patch, --range and --kernel, or leave --resume away',
	});
}

function signOf(sign: string | undefined): { readonly sign?: string } {
	if (sign === undefined) return {};
	try {
		new RegExp(sign);
		return { sign };
	} catch (error) {
		throw new UserError(`--sign ${sign}: ${(error as Error).message}`, {
			hint: 'a regular expression, such as "KASAN: slab-use-after-free"',
		});
	}
}

function repositoryOf(kernel: string): string {
	const spec = parseSourceSpec(kernel, environment.PWD ?? userDir());
	if (spec.kind === 'git') return spec.repository;
	if (spec.kind === 'directory') return spec.path;
	throw new UserError(`${kernel} is no git tree`, { hint: './crucible bisect --kernel ~/linux --good A --bad B --case …' });
}

/** The suite with the one case. */
async function suiteOf(name: string): Promise<Suite> {
	const suites = selectCases(await loadSuites(checkout.suites), [name], []);
	const [suite] = suites;
	if (!suite || suites.length > 1 || suite.cases.length > 1)
		throw new UserError(`--case ${name} names ${suites.flatMap(({ cases }) => cases).length} cases, and one must tell`, {
			hint: './crucible list --names',
		});
	return suite;
}

/** What a failing run at the culprit shows, or else at a later commit that has it; its report is written. */
async function evidenceOf(state: Bisection, dir: string, paint: ReturnType<typeof createPaint>): Promise<string[]> {
	if (state.outcome?.kind !== 'found') return [];
	const [culprit = 0] = state.outcome.suspects;
	const failing = state.findings.filter((one) => one.type === 'runs' && one.failed > 0).sort((a, b) => a.commit - b.commit);
	const best = failing.find(({ commit }) => commit >= culprit);
	if (best?.type !== 'runs' || best.evidence === undefined) return [];
	const { run } = await findRun(dir, best.evidence);
	await writeReports(run, join(dir, run.id));
	return [...failureLines(run, paint), `report   ${join(dir, run.id, 'report.html')}`];
}

function confidence(value: string): number {
	const number = Number(value);
	if (!(number >= 0.5 && number < 1)) throw new InvalidArgumentError('not a number from 0.5 to below 1.');
	return number;
}
