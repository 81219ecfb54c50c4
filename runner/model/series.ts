/** The shape of a series tested commit by commit. */

import type { CaseChange } from './comparison.ts';
import { exitCodes, type Status } from './run.ts';

/** One state of the kernel: the series up to a patch, or, first, the kernel without it. */
export interface SeriesStep {
	/** How many patches are on; 0 is the kernel without the series. */
	readonly patches: number;
	/** The last of them; `debian:6.12` for none. */
	readonly name: string;
	readonly author?: string;
	/** Id of its run. */
	readonly run: string;
	readonly verdict: Status;
	/** Cases that passed or failed with it: without one, nothing is known of it. */
	readonly votes: number;
	/** Why it could not be tested: it does not build or boot. */
	readonly problem?: { readonly message: string; readonly log: readonly string[] };
	/** Against the step before that could be tested. */
	readonly changes: readonly CaseChange[];
	/** New compiler warnings, what checkpatch says. */
	readonly remarks: readonly string[];
}

export interface SeriesReport {
	readonly schema: 1;
	readonly id: string;
	/** ISO 8601, UTC. */
	readonly started: string;
	readonly kernelSpec: string;
	readonly steps: readonly SeriesStep[];
	/** How many patches there are in all. */
	readonly total: number;
}

/** Changes that are the fault of a step: it breaks the case, or the case fails and did on no step before, which a run or two do not prove. */
export function faultsOf(report: SeriesReport, step: SeriesStep): CaseChange[] {
	const hasFailed = ({ base, head }: CaseChange) => [base, head].some(({ status }) => status === 'FAIL');
	const failed = new Set(stepsBefore(report, step).flatMap(({ changes }) => changes.filter(hasFailed).map((change) => change.case)));
	const isNew = ({ case: name, base, head }: CaseChange) => head.status === 'FAIL' && base.status !== 'FAIL' && !failed.has(name);
	return step.changes.filter((change) => change.kind === 'broken' || isNew(change));
}

/** Whether something is wrong with a step: it does not build or boot and a step before did, or a case fails that is its fault. */
export function isBroken(report: SeriesReport, step: SeriesStep): boolean {
	if (step.problem) return stepsBefore(report, step).some(({ problem }) => problem === undefined);
	return faultsOf(report, step).length > 0;
}

function stepsBefore({ steps }: SeriesReport, { patches }: SeriesStep): readonly SeriesStep[] {
	return steps.filter((other) => other.patches < patches);
}

/** Whether it is known what the step does: where no case passed or failed nothing is, nor where no kernel before it could be made either. */
export function isTested(report: SeriesReport, step: SeriesStep): boolean {
	return step.problem ? isBroken(report, step) : step.votes > 0;
}

/** Whether the first patch has nothing to be compared with. */
export function lacksBase({ steps }: SeriesReport): boolean {
	const [base] = steps;
	return base !== undefined && (base.problem !== undefined || base.votes === 0);
}

/** As of a run: 1 when a patch is broken, else 128 or 125 when a step, or the kernel without the series, could not be tested. */
export function exitCodeOfSeries(report: SeriesReport): number {
	if (report.steps.some((step) => isBroken(report, step))) return exitCodes.fail;
	const untested = report.steps.filter((step) => !isTested(report, step));
	if (untested.some(({ verdict }) => verdict === 'ERROR')) return exitCodes.ours;
	return untested.length > 0 || lacksBase(report) ? exitCodes.untestable : exitCodes.pass;
}
