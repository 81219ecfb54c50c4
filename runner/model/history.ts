/** The shapes of what nights add up to: one row per case and night, one per splat seen, and what is read off them. */

import type { Status } from './run.ts';

/** One case of one cell of one night. */
export interface CaseRow {
	/** The id of the nightly. */
	readonly night: string;
	readonly kernel: string;
	readonly config: string;
	readonly suite: string;
	readonly case: string;
	readonly status: Status;
	/** Attempts that ended in FAIL, and all that ended in a verdict (PASS or FAIL). */
	readonly failed: number;
	readonly votes: number;
	readonly durationMs: number;
}

/** A splat that a case showed in a night, and how often. */
export interface SplatRow {
	readonly night: string;
	readonly kernel: string;
	readonly config: string;
	/** `suite/case`. */
	readonly path: string;
	readonly fingerprint: string;
	readonly title: string;
	readonly times: number;
}

/** A case over the nights: its flake rate with Clopper and Pearson's interval, and where it goes. */
export interface CaseTrend {
	readonly kernel: string;
	readonly config: string;
	readonly path: string;
	/** Statuses, the oldest night first. */
	readonly statuses: readonly Status[];
	readonly failed: number;
	readonly votes: number;
	readonly interval: readonly [number, number];
	/**
	 * `new`: it never ran before; `broken` and `fixed` against the night before; `flaky`: it does both in one night, is back after a single one,
	 * or turns more than twice; otherwise `steady`.
	 */
	readonly kind: 'new' | 'broken' | 'fixed' | 'flaky' | 'steady';
}

/** A splat over the nights. */
export interface Sighting {
	readonly fingerprint: string;
	readonly title: string;
	readonly firstSeen: string;
	readonly lastSeen: string;
	readonly nights: number;
	readonly times: number;
	/** `suite/case` of those that showed it. */
	readonly paths: readonly string[];
}

export interface Trends {
	/** Ids, the oldest first; the last is the one that is told of. */
	readonly nights: readonly string[];
	readonly cases: readonly CaseTrend[];
	readonly sightings: readonly Sighting[];
}
