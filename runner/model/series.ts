/** The shape of a series tested commit by commit. */

import type { CaseChange } from './comparison.ts';
import type { Status } from './run.ts';

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
