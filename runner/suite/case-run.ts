/** What an attempt is given, and what its case said. */

import type { Assertion, Splat } from '../model/run.ts';
import type { KernelObjects } from '../parse/symbolize.ts';
import type { Played } from '../race/player.ts';
import type { Machine } from '../vm/machine.ts';
import type { Clock } from '../vm/machine-spec.ts';
import type { Case, Suite } from './load.ts';
import type { Provisions } from './provision.ts';
import type { Ending } from './verdict.ts';

export interface CaseRun {
	readonly suite: Suite;
	readonly entry: Case;
	/** The one that runs: another after a crash. */
	readonly machine: Machine;
	/** What its making took. */
	readonly guestMs: number;
	/** Ends the machine as a power cut would, and starts another on the same disks and shares; its files are in `dir`. */
	readonly crash: (dir: string) => Promise<void>;
	readonly provisions: Provisions;
	/** The attempt's folder: absolute, and relative to the run directory. */
	readonly dir: { readonly absolute: string; readonly relative: string };
	/** `6.12` */
	readonly kernel: string;
	readonly seed: number;
	/** How time goes in the machine. */
	readonly clock: Clock;
	/** Multiplies timeouts that are written for KVM. */
	readonly timeoutScale: number;
	/** Seconds that replace the case's own timeout. */
	readonly timeoutS?: number | undefined;
	/** Host folders of the suite's shares. */
	readonly shares: Readonly<Record<string, string>>;
	/** Splats as the console's scanner finds them; drained at the end. */
	readonly splats: { readonly take: () => Splat[] };
	/** Adds file:line and, where a known issue accepts it, its id. */
	readonly finish: (splats: readonly Splat[]) => Promise<Splat[]>;
	/** The circumstances, where it was not written for them: what it says of itself does not count then. */
	readonly strain?: string | undefined;
	/** Whether another case of a chain may begin. */
	readonly wantsMore: () => boolean;
	/** What knows the addresses of functions, for races. */
	readonly objects: KernelObjects;
	readonly signal: AbortSignal;
}

/** What a case said, whether it ran in the guest or on the host. */
export interface CaseOutput {
	readonly ending: Ending;
	readonly assertions: readonly Assertion[];
	readonly measured: Readonly<Record<string, string>>;
	readonly problems: readonly string[];
	readonly skipped?: string | undefined;
	/** What must hold besides the claims of suite.yaml. */
	readonly claims?: readonly string[];
	/** Schedules that were played. */
	readonly races?: readonly Played[];
}
