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

/** What is wrong with a step: it does not build or boot, or it breaks a case that the step before passes. */
export function isBroken({ problem, changes, patches }: SeriesStep): boolean {
	return patches > 0 && (problem !== undefined || changes.some(({ kind }) => kind === 'broken'));
}

/** Whether it is known what the step does: where no case passed or failed nothing is. */
export function isTested({ problem, votes }: SeriesStep): boolean {
	return problem !== undefined || votes > 0;
}

/** Whether the first patch has nothing to be compared with. */
export function lacksBase({ steps }: SeriesReport): boolean {
	const [base] = steps;
	return base !== undefined && (base.problem !== undefined || base.votes === 0);
}

/** As of a run: 1 when a patch is broken, else 128 or 125 when a step, or the kernel without the series, could not be tested. */
export function exitCodeOfSeries(report: SeriesReport): number {
	if (report.steps.some(isBroken)) return exitCodes.fail;
	const untested = report.steps.filter((step) => !isTested(step));
	if (untested.some(({ verdict }) => verdict === 'ERROR')) return exitCodes.ours;
	return untested.length > 0 || lacksBase(report) ? exitCodes.untestable : exitCodes.pass;
}
