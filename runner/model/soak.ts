/** The shapes of a soak: what it runs, the rounds so far, and what it found; state.json is one `Soak`. */

import type { Recipe } from './recipe.ts';
import { exitCodes, type Status } from './run.ts';

/** One entry of a round: a case, a chain, or either under a fault. */
export interface SoakEntry extends Recipe {
	readonly suite: string;
}

/** chains: cases in random order, some of them in one guest. faults: the same, under a fault each. sweep: a hold of a race moved. */
export type RoundKind = 'chains' | 'faults' | 'sweep';

/** What a round runs; follows from the soak's seed and the round's number alone. */
export interface RoundPlan {
	/** From 1. */
	readonly number: number;
	readonly kind: RoundKind;
	readonly kernelSpec: string;
	/** For everything random in its cases. */
	readonly seed: number;
	readonly entries: readonly SoakEntry[];
	/** Of a sweep: the hold that is moved, `ACTOR@FUNCTION`. */
	readonly sweep?: string;
}

/** A round that has ended. */
export interface Round extends Pick<RoundPlan, 'number' | 'kind' | 'kernelSpec' | 'seed'> {
	/** Its run directory, below the soak's. */
	readonly run: string;
	readonly durationMs: number;
	/** Cases by how they ended; each case of a chain counts. */
	readonly counts: Readonly<Partial<Record<Status, number>>>;
	readonly bytes: number;
	/** Its directory was removed to keep within the bound. */
	readonly isRemoved?: boolean;
	/** Why it did not run as planned. */
	readonly problem?: string;
}

/** How often a list of cases was tried, and how often it showed what was looked for. */
export interface Tries {
	readonly entry: SoakEntry;
	readonly shown: number;
	readonly tried: number;
}

/** Something that failed, told from all else by its key. */
export interface Finding {
	/** The fingerprint of a kernel report, or `suite/case: what failed`. */
	readonly key: string;
	readonly title: string;
	readonly kernelSpec: string;
	/** Where it was first seen. */
	readonly first: { readonly round: number; readonly run: string; readonly seed: number; readonly atMs: number; readonly case: string };
	readonly times: number;
	readonly lastRound: number;
	/** What ran up to it when it was first seen. */
	readonly entry: SoakEntry;
	/** It came after this one in the same guest, and never without: it is not reduced on its own. */
	readonly after?: string;
	/** Everything tried for it so far, so that a reduction goes on where it was. */
	readonly tries: readonly Tries[];
	/** How often tries came to nothing, since all of them broke on our side. */
	readonly untold?: number;
	/** Why no shortest list is looked for any more. */
	readonly unreduced?: string;
	/** The shortest list that still shows it, once that is known; `shown` of 0: it did not come again. */
	readonly reduced?: Tries;
	/** The newest run, below the soak's directory, that showed it while it was reduced: that of the reduced list, in the end. */
	readonly evidence?: { readonly run: string; readonly bytes: number };
}

/** What is under way; its time is not in `ranMs` yet. */
export type SoakStep =
	| { readonly type: 'round'; readonly number: number; readonly run: string }
	| { readonly type: 'tries'; readonly key: string; readonly run: string };

export interface Soak {
	readonly schema: 1;
	readonly id: string;
	/** ISO 8601, UTC. */
	readonly started: string;
	readonly ended?: string;
	readonly command: readonly string[];
	readonly kernels: readonly string[];
	readonly config: string;
	/** Names of the patches on top of every kernel, which are in series/. */
	readonly patches: readonly string[];
	/** `suite/case` of all that it draws from. */
	readonly cases: readonly string[];
	readonly seed: number;
	/** Milliseconds of running that were asked for. */
	readonly forMs: number;
	readonly keepBytes: number;
	/** Milliseconds that it ran, without the build of its kernels and whatever lay between two sessions. */
	readonly ranMs: number;
	readonly rounds: readonly Round[];
	readonly findings: readonly Finding[];
	readonly step?: SoakStep;
}

/** Bytes of the run directories that are there. */
export function bytesKept({ rounds, findings }: Pick<Soak, 'rounds' | 'findings'>): number {
	const ofRounds = rounds.reduce((sum, { bytes, isRemoved }) => sum + (isRemoved ? 0 : bytes), 0);
	return findings.reduce((sum, { evidence }) => sum + (evidence?.bytes ?? 0), ofRounds);
}

/** 1 when anything failed that nobody accepted; 125 when nothing was proved at all. */
export function soakExitCode({ rounds, findings }: Pick<Soak, 'rounds' | 'findings'>): number {
	if (findings.length > 0) return exitCodes.fail;
	return rounds.some(({ counts }) => counts.PASS ?? counts.XFAIL) ? exitCodes.pass : exitCodes.untestable;
}
