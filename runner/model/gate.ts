/** The shapes of a measurement with known bugs: which of them the suites catch, on which kernel, by what. */

import { exitCodes } from './run.ts';

/** What gives a bug away. */
export interface Catch {
	/** `suite/case`. */
	readonly case: string;
	/** `splat: KASAN: …`, `not ok: …`, `left over: …`, `the kernel hangs …`. */
	readonly sign: string;
	/** Of all attempts that could vote, how many failed: `2/2`. */
	readonly rate: string;
	readonly durationMs: number;
}

/**
 * caught, missed: a bug. clean, noisy: a control, which is a delay without the bug and must change nothing.
 * not-applicable: the corpus has no such patch for this kernel. broken: it could not be tried (does not apply, build or boot, or our side),
 * or a case that it rests on proved nothing, with a control or on the plain kernel, or no case that could show the bug passed or failed.
 */
export const outcomeKinds = ['caught', 'missed', 'clean', 'noisy', 'not-applicable', 'broken'] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/** One patch of one bug on one kernel. */
export interface Outcome {
	readonly bug: string;
	readonly title: string;
	readonly area: string;
	readonly determinism: string;
	readonly kernelSpec: string;
	/** `m` the bug, `w` the bug with a delay that widens its race, `d` the delay alone. */
	readonly patch: 'm' | 'w' | 'd';
	readonly outcome: OutcomeKind;
	readonly catch?: Catch;
	/** Why it is missed, noisy or broken, as far as that is known. */
	readonly why?: string;
	/** Build and cases. */
	readonly durationMs: number;
	/** Ids of the runs it took. */
	readonly runs: readonly string[];
}

export interface Gate {
	readonly schema: 1;
	readonly id: string;
	/** ISO 8601, UTC. */
	readonly started: string;
	readonly corpus: string;
	readonly kernels: readonly string[];
	/** Run ids of the plain kernels, by spec: what they show accuses no bug. */
	readonly baselines: Readonly<Record<string, string>>;
	readonly outcomes: readonly Outcome[];
}

/** A bug on a kernel is caught when its patch is, or else when that with the widened race is. */
export function isCaught(outcomes: readonly Outcome[], bug: string, kernelSpec: string): boolean {
	return outcomes.some((one) => one.bug === bug && one.kernelSpec === kernelSpec && one.outcome === 'caught');
}

type Measured = Pick<Outcome, 'bug' | 'kernelSpec' | 'patch'>;

const isSame = (one: Measured, other: Measured) =>
	one.bug === other.bug && one.kernelSpec === other.kernelSpec && one.patch === other.patch;

/** Whether a patch was measured; one that was broken is worth another try. */
export function isSettled(outcomes: readonly Outcome[], patch: Measured): boolean {
	return outcomes.some((one) => isSame(one, patch) && one.outcome !== 'broken');
}

/** With the new outcome in the place of the patch's last one. */
export function withOutcome(outcomes: readonly Outcome[], outcome: Outcome): Outcome[] {
	return [...outcomes.filter((one) => !isSame(one, outcome)), outcome];
}

/** Whether a bug or a control was tried at all; on a kernel for which the corpus has no patch none is. */
export function isMeasured({ outcomes }: Pick<Gate, 'outcomes'>): boolean {
	return outcomes.some(({ outcome }) => outcome !== 'not-applicable');
}

/** 0 when every bug that applies was caught and every control was clean; 125 when nothing was measured. */
export function gateExitCode(gate: Pick<Gate, 'outcomes'>): number {
	if (!isMeasured(gate)) return exitCodes.untestable;
	const isGood = gate.outcomes.every(
		(one) =>
			one.outcome === 'caught' ||
			one.outcome === 'clean' ||
			one.outcome === 'not-applicable' ||
			((one.outcome === 'missed' || one.patch === 'w') && isCaught(gate.outcomes, one.bug, one.kernelSpec)),
	);
	return isGood ? exitCodes.pass : exitCodes.fail;
}
