/** `crucible bisect`: which commit, or which patch of a series, made a case fail? */

import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { checkout } from '../config/paths.ts';
import { outputStyle } from '../config/settings.ts';
import { saveSeries } from '../kernel/save-series.ts';
import type { Bisection } from '../model/bisection.ts';
import type { Event } from '../model/event.ts';
import { exitCodes } from '../model/run.ts';
import { bisectionLines, findingLine } from '../report/bisect.ts';
import { createPaint } from '../report/paint.ts';
import { failureLines } from '../report/summary.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { bisectDir, bisectFiles, latestBisection, lockBisection, readBisection, runBisection } from '../session/bisect.ts';
import { findRun } from '../session/store.ts';
import { Scope } from '../util/scope.ts';
import { type Begun, type BisectFlags, beginBisection } from './bisect-request.ts';
import { resumeBisection } from './bisect-resume.ts';
import type { CommandContext } from './context.ts';
import { addSettings, settingsOf, wholeNumber } from './flags.ts';
import { addSeries } from './series.ts';
import { addXfstests } from './xfstests.ts';

export function addBisect(program: Command, context: CommandContext): void {
	const command = addSeries(program.command('bisect'))
		.description(
			'finds the commit of a git tree, the patch of a series or the config fragment that makes a case fail, be it only now and then',
		)
		.option('--good <ref>', 'a commit without the failure, of the repository that --kernel names')
		.option('--bad <ref>', 'a later commit with it')
		.option('--config-good <fragments>', 'a configuration without the failure, instead of a commit')
		.option('--config-bad <fragments>', 'one with it; the fragments between them are tried')
		.option('--case <suite/case>', 'the case that tells')
		.option('--sign <regex>', 'what a failure has to show to count: a report’s title, an assertion, a reason')
		.option('--confidence <p>', 'how sure the answer has to be (default: 0.98)', confidence)
		.option('--max-runs <n>', 'give up after so many runs of the case that pass or fail (default: 1000)', wholeNumber(1))
		.option('--timeout <s>', 'seconds that replace the case’s own (scaled under TCG)', wholeNumber(1))
		.option('--seed <n>', 'for everything random', wholeNumber(0))
		.option('--resume', 'go on with the newest bisection that has not ended; --confidence and --max-runs may change')
		.option('--json', 'the bisection as one JSON document on stdout');
	addSettings(addXfstests(command), ['kernel', 'config', 'accel', 'jobs', 'templates', 'warp']).action(async (flags: BisectFlags) => {
		const { drain, stop } = context.interrupts;
		const settings = await settingsOf({ ...flags });
		await using scope = new Scope();
		const { begun, suite, patches, kernelOf } = flags.resume
			? await goOn(flags, scope, drain)
			: await beginBisection(flags, settings, drain);
		if (!flags.resume) scope.use(await lockBisection(checkout.results, begun.id));
		const { stderr } = process;
		const { color, live } = outputStyle(Boolean(stderr.isTTY));
		const paint = createPaint(color);
		const reporter = createTerminalReporter({ stdout: { write: () => true }, stderr, isTty: live, color, width: stderr.columns ?? 100 });
		const dir = bisectDir(checkout.results, begun.id);
		const sign = begun.sign === undefined ? undefined : new RegExp(begun.sign);
		const command = process.argv.slice(2);
		// A log wants to hear of builds, which take minutes; somebody who watches, of everything.
		const onEvent = (event: Event) => {
			if (live || event.type.startsWith('phase-')) reporter.onEvent(event);
		};
		const site = {
			kernelOf,
			suite,
			settings: { ...settings, accel: begun.accel, warp: begun.warp },
			sign,
			dir,
			seed: begun.seed,
			timeoutS: begun.timeoutS,
			command,
			listeners: [onEvent],
			drain,
			stop,
		};
		if (!flags.resume) await saveSeries(join(dir, bisectFiles.series), patches);
		try {
			const state = await runBisection({
				begun,
				site,
				onFinding(finding, after, blame) {
					reporter.stop();
					stderr.write(`${findingLine(finding, { ...after, blame }, paint)}\n`);
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
			if (drain.aborted) stderr.write('crucible: ./crucible bisect --resume goes on from here\n');
		}
	});
}

/** `scope` keeps other processes from it. */
async function goOn(flags: BisectFlags, scope: Scope, signal: AbortSignal): Promise<Begun> {
	const id = await latestBisection(checkout.results);
	scope.use(await lockBisection(checkout.results, id));
	const { badness: _, ...earlier } = await readBisection(checkout.results, id);
	return resumeBisection(flags, earlier, bisectDir(checkout.results, id), signal);
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
