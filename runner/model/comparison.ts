/** The shapes of a comparison of two runs: what changed between a base and a head, and how sure that is. */

import type { Status } from './run.ts';

/** One side of a case. */
export interface CaseSide {
	readonly status: Status;
	readonly reason?: string;
	/** Runs that failed, of those that could say so: PASS, XFAIL and FAIL vote, nothing else. */
	readonly failed: number;
	readonly votes: number;
	/** All of them, those that could not say so included. */
	readonly attempts: number;
	/** Of the failure rate, at 95 % confidence. */
	readonly interval: readonly [number, number];
}

/**
 * broken, fixed: proved. maybe-broken, maybe-fixed: as it looks, but chance does as much. still-failing: on both sides, at no rate that is
 * known to differ. unproved: one side voted and the other could not (no evidence, an error of ours, never ran). fewer-votes: never failed, but most
 * runs of the one side alone could not vote. skip: skipped on one side only.
 */
export const changeKinds = ['broken', 'maybe-broken', 'unproved', 'fewer-votes', 'skip', 'still-failing', 'maybe-fixed', 'fixed'] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface CaseChange {
	readonly kind: ChangeKind;
	/** `suite/case`. */
	readonly case: string;
	/** What tells it from the same case elsewhere: kernel and config, as far as they are the same on both sides. */
	readonly column: string;
	readonly base: CaseSide;
	readonly head: CaseSide;
	/** Fisher's exact test, two-sided, corrected for all the cases tested (Holm); of cases that voted on both sides. */
	readonly p?: number;
	/**
	 * `chance`: p is at most the threshold. `consistent`: too few runs for that, or too many cases, but the one side always fails, three
	 * times or more, and the other never does.
	 */
	readonly by?: 'chance' | 'consistent';
}

/** A kernel report that one side shows and the other does not, or both. */
export interface SplatChange {
	readonly title: string;
	readonly fingerprint: string;
	readonly knownIssue?: string;
	/** Attempts that show it. */
	readonly base: number;
	readonly head: number;
	/** `suite/case`, the first few. */
	readonly cases: readonly string[];
}

export interface TimingChange {
	readonly case: string;
	readonly column: string;
	readonly baseMs: number;
	readonly headMs: number;
	/** Mann and Whitney's U, two-sided. */
	readonly p: number;
	/** Cliff's delta: 1 when every run of the head took longer than every one of the base. */
	readonly effect: number;
}

export interface ComparedSide {
	/** `debian:6.12`, `debian:6.12 + fix.patch`. */
	readonly name: string;
	/** Of the kernels, from the runs. */
	readonly origins: readonly string[];
	/** Ids of the runs it took. */
	readonly runs: readonly string[];
	/** Why it could not be tested at all. */
	readonly problem?: string;
}

export interface Comparison {
	readonly schema: 1;
	readonly id: string;
	/** ISO 8601, UTC. */
	readonly made: string;
	readonly base: ComparedSide;
	readonly head: ComparedSide;
	/** The p-value a change must reach. */
	readonly threshold: number;
	/** All that is not the same on both sides, and what fails on both; by kind. */
	readonly changes: readonly CaseChange[];
	/** Cases that passed on both sides. */
	readonly same: number;
	readonly splats: readonly SplatChange[];
	readonly timings: readonly TimingChange[];
	/** `suite/case` that ran on one side only. */
	readonly onlyBase: readonly string[];
	readonly onlyHead: readonly string[];
	/** The failure rate from which on a new failure would have been called broken at this number of runs; undefined when none would. */
	readonly sees?: number;
	/** Where no case voted on both sides: the worst of those that did not vote, by run's own order. */
	readonly unproved?: { readonly case: string; readonly status: Status; readonly reason?: string };
	readonly verdict: 'regression' | 'no regression' | 'untestable';
}
