/** Measures the suites with known bugs: each is put in, the suites that could see it run, and what accuses it must not happen on the plain kernel. */

import { join } from 'node:path';
import type { KnownBug, PatchKind } from '../config/corpus.ts';
import { checkout } from '../config/paths.ts';
import type { Settings } from '../config/settings.ts';
import { readSeries } from '../kernel/read-series.ts';
import type { Gate, Outcome } from '../model/gate.ts';
import { isCaught, isSettled, withOutcome } from '../model/gate.ts';
import type { CaseResult, Run } from '../model/run.ts';
import type { Suite } from '../suite/load.ts';
import { suitesFor, tagsFor } from '../suite/touched.ts';
import { acquit, anyFailure, bugVerdict, controlVerdict, type Judge, judgeFor, resultsByName } from './catch.ts';
import { planJobs } from './plan.ts';
import { executeRun, type RunControl } from './run.ts';
import { newRunId, openStore } from './store.ts';

export interface GateRequest extends RunControl {
	readonly bugs: readonly KnownBug[];
	readonly corpusDir: string;
	readonly suites: readonly Suite[];
	/** The kernel specs with their series in the corpus: `debian:6.12` -> `6.12`. */
	readonly kernels: ReadonlyMap<string, string>;
	readonly settings: Settings;
	/** Every suite for every bug, and no end at the first catch. */
	readonly isAll: boolean;
	readonly seed: number;
	/** What an earlier measurement found; it is not measured again, but for what was broken. */
	readonly earlier: Gate;
	/** Called with the whole state after each step. */
	readonly onStep: (gate: Gate, outcome: Outcome | undefined) => Promise<void>;
}

/** What came of a patch's runs. */
interface Tried {
	/** Why the patch could not be tried. */
	readonly problem?: string;
	readonly results: readonly CaseResult[];
	readonly runs: readonly string[];
}

/** Goes through all bugs on all kernels; returns the measurement as far as it came. */
export async function measureKnownBugs(request: GateRequest): Promise<Gate> {
	let gate = request.earlier;
	const step = async (changed: Partial<Gate>, outcome?: Outcome) => {
		gate = { ...gate, ...changed };
		await request.onStep(gate, outcome);
	};
	for (const [kernelSpec, series] of request.kernels) {
		const plans = await Promise.all(request.bugs.map((bug) => planBug(request, bug, series)));
		for (const plan of plans) {
			for (const kind of ['m', 'w', 'd'] as const) {
				if (request.drain.aborted) return gate;
				const isKnown = isSettled(gate.outcomes, { bug: plan.bug.id, kernelSpec, patch: kind });
				// The widened race is asked only where the bug alone was missed.
				if (isKnown || (kind === 'w' && isCaught(gate.outcomes, plan.bug.id, kernelSpec))) continue;
				// A control is asked what caught the bug, or else what the catalogue names.
				const catching = gate.outcomes.find((one) => one.bug === plan.bug.id && one.kernelSpec === kernelSpec && one.catch)?.catch;
				const names = catching ? [catching.case] : plan.bug.cases;
				const asked = kind === 'd' && names.length > 0 ? narrowed(request.suites, plan.bug, names) : plan;
				const outcome = await tryPatch(request, asked, kind, kernelSpec, series);
				// What a signal cut short is to be measured again.
				if (outcome && !request.drain.aborted) await step({ outcomes: withOutcome(gate.outcomes, outcome) }, outcome);
			}
		}
		const accusing = gate.outcomes.filter((one) => one.kernelSpec === kernelSpec && one.catch);
		if (accusing.length === 0 || request.drain.aborted) continue;
		const names = accusing.map((one) => one.catch?.case ?? '');
		const plain = await runOnce(
			request,
			kernelSpec,
			casesOf(request.suites, (name) => names.includes(name)),
			[],
			{},
		);
		// What a signal left out proves nothing, and is to be run again.
		if (request.drain.aborted) continue;
		const outcomes = acquit(gate.outcomes, kernelSpec, resultsByName(plain));
		await step({ outcomes, baselines: { ...gate.baselines, [kernelSpec]: plain.id } });
	}
	return gate;
}

interface BugPlan {
	readonly bug: KnownBug;
	readonly suites: readonly Suite[];
	/** Suites reduced to the cases that the catalogue names; they run first. */
	readonly first: readonly Suite[];
}

async function planBug(request: GateRequest, bug: KnownBug, series: string): Promise<BugPlan> {
	const file = bug.patches[series]?.m;
	if (file === undefined) return { bug, suites: [], first: [] };
	const patches = await readSeries([join(request.corpusDir, file)]);
	const tags = request.isAll ? undefined : tagsFor(patches.flatMap((patch) => patch.touches));
	const suites = suitesFor(request.suites, tags);
	return { bug, suites, first: casesOf(request.suites, (name) => bug.cases.includes(name)) };
}

function narrowed(suites: readonly Suite[], bug: KnownBug, names: readonly string[]): BugPlan {
	return { bug: { ...bug, cases: [] }, suites: casesOf(suites, (name) => names.includes(name)), first: [] };
}

/** Suites reduced to the cases whose `suite/case` is wanted. */
function casesOf(suites: readonly Suite[], isWanted: (name: string) => boolean): Suite[] {
	return suites
		.map((suite) => ({ ...suite, cases: suite.cases.filter((entry) => isWanted(`${suite.name}/${entry.name}`)) }))
		.filter((suite) => suite.cases.length > 0);
}

async function tryPatch(
	request: GateRequest,
	plan: BugPlan,
	kind: PatchKind,
	kernelSpec: string,
	series: string,
): Promise<Outcome | undefined> {
	const { bug } = plan;
	const began = performance.now();
	const about = {
		bug: bug.id,
		title: bug.title,
		area: bug.area ?? 'other',
		determinism: bug.determinism,
		kernelSpec,
		patch: kind,
	};
	const file = bug.patches[series]?.[kind];
	if (file === undefined) return kind === 'm' ? { ...about, outcome: 'not-applicable', durationMs: 0, runs: [] } : undefined;
	const patch = join(request.corpusDir, file);
	const judge = kind === 'd' ? anyFailure : judgeFor(bug);
	const { problem, results, runs } = await runUntilCaught(request, plan, kernelSpec, patch, judge);
	const verdict = kind === 'd' ? controlVerdict(results) : bugVerdict(results, bug);
	return {
		...about,
		...(problem === undefined ? verdict : { outcome: 'broken', why: problem }),
		durationMs: Math.round(performance.now() - began),
		runs,
	};
}

/** The cases the catalogue names, then all that could see the bug. */
async function runUntilCaught(request: GateRequest, plan: BugPlan, kernelSpec: string, patch: string, judge: Judge): Promise<Tried> {
	const runs: string[] = [];
	const results: CaseResult[] = [];
	const selections = plan.first.length > 0 && !request.isAll ? [plan.first, plan.suites] : [plan.suites];
	for (const suites of selections) {
		const left = suites === plan.first ? plan.first : casesOf(suites, (name) => request.isAll || !plan.bug.cases.includes(name));
		if (left.length === 0 || request.drain.aborted) continue;
		const stopWhen = request.isAll ? undefined : (result: CaseResult) => judge(result) !== undefined;
		const run = await runOnce(request, kernelSpec, left, [patch], { stopWhen });
		runs.push(run.id);
		results.push(...run.jobs.flatMap((job) => job.cases));
		const problem = run.jobs.find((job) => job.problem)?.problem;
		if (problem) return { problem: problem.message, results, runs };
		if (results.some((result) => judge(result))) break;
	}
	return { ...(runs.length === 0 && { problem: 'no suite could see it' }), results, runs };
}

/** A run in a directory of its own, like any other. */
async function runOnce(
	request: GateRequest,
	kernelSpec: string,
	suites: readonly Suite[],
	patches: readonly string[],
	{ stopWhen }: { readonly stopWhen?: ((result: CaseResult) => boolean) | undefined },
): Promise<Run> {
	const { settings, listeners, drain, stop, command, seed } = request;
	await using store = await openStore(checkout.results, newRunId(new Date()));
	if (store.fold.isComplete()) return store.save();
	const jobs = planJobs(suites, [kernelSpec], settings.config, { repeat: 1, seed });
	const series = await readSeries(patches, drain);
	// Awaited here: the store is closed when this function returns.
	return await executeRun({ jobs, settings, patches: series, stopWhen, command, store, listeners, drain, stop });
}
