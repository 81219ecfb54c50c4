/** What a run needs of somebody who records its guests: which attempts are kept is theirs to say. */

import type { BuiltKernel } from '../kernel/build.ts';
import type { Attempt } from '../model/run.ts';
import type { KernelObjects } from '../parse/symbolize.ts';
import type { Suite } from '../suite/load.ts';
import type { Provisions } from '../suite/provision.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';

/** QEMU's log, in the folder where the attempt started its guest. */
export const eventLog = 'rr.log';

/** Of deadlines: one CPU has the work of two, and each instruction is counted. */
export const recordedScale = 2;

export interface Recorder {
	/** `false`: the same guests without a log, for what they cost. */
	readonly isRecording: boolean;
	readonly onAttempt: (attempt: Attempt, made: RecordedAttempt) => Promise<void>;
	/** Whether another attempt may begin. */
	readonly wantsMore: () => boolean;
}

/** What an attempt was made of; its guest is gone, and the disks are with it. */
export interface RecordedAttempt {
	/** The attempt's folder. */
	readonly dir: string;
	/** With the making of the guest. */
	readonly tookMs: number;
	readonly spec: MachineSpec;
	readonly kernel: BuiltKernel;
	readonly objects: KernelObjects;
	readonly suite: Suite;
	readonly provisions: Provisions;
}
