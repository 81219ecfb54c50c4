/** The shapes of a nightly: the matrix and what became of each of its cells. */

import type { Status } from './run.ts';

export interface NightlyCell {
	readonly id: string;
	readonly kernel: string;
	readonly config: string;
	/** Absent until the cell has ended. */
	readonly verdict?: Status;
	readonly exitCode?: number;
	/** Why it could not run at all. */
	readonly problem?: string;
}

export interface Nightly {
	readonly schema: 1;
	readonly id: string;
	/** ISO 8601, UTC. */
	readonly started: string;
	readonly ended?: string;
	/** nightly.yaml as it was read. */
	readonly config: string;
	readonly seed: number;
	readonly cells: readonly NightlyCell[];
}

/** 1 when something failed; else our side's or the kernel's fault, the highest code; 0 when all passed. */
export function nightlyExitCode({ cells }: Nightly): number {
	const codes = cells.map(({ exitCode }) => exitCode ?? 0);
	return codes.includes(1) ? 1 : Math.max(0, ...codes);
}
