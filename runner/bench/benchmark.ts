/** What a benchmark is, and what it is given. */

import type { Settings } from '../config/settings.ts';
import type { EventListener } from '../model/event.ts';
import type { AccelChoice } from '../vm/accel.ts';
import type { Measurements } from './measurement.ts';
import type { Peer } from './peers.ts';

export interface BenchContext {
	/** With one kernel at a time. */
	readonly settings: Settings;
	readonly accel: AccelChoice;
	/** How often each thing is measured. */
	readonly samples: number;
	readonly peers: readonly Peer[];
	/** For a benchmark's files; gone afterwards. */
	readonly dir: string;
	readonly signal: AbortSignal;
	/** What is being done, for people. */
	readonly say: (text: string) => void;
	/** Hears of builds on the way. */
	readonly onEvent: EventListener;
}

export interface Benchmark {
	readonly name: string;
	/** What it asks, on a line. */
	readonly summary: string;
	/** It is the same for all kernels. */
	readonly isWithoutKernel?: true;
	readonly measure: (context: BenchContext) => Promise<Measurements>;
}
