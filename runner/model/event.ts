/** Everything that can happen in a run, as it happens: the journal holds these, reporters listen to them, run.json is their fold. */

import type { Recipe } from './recipe.ts';
import type { Attempt, CaseResult, JobResult, KernelIdentity, PhaseTime, Run, Splat, Status } from './run.ts';

interface Timed {
	/** Milliseconds since the run began. */
	readonly atMs: number;
}

export type Event = Timed &
	(
		| {
				readonly type: 'run-started';
				readonly run: Pick<Run, 'id' | 'started' | 'command' | 'crucible' | 'host'>;
				readonly plan: readonly PlannedJob[];
		  }
		| { readonly type: 'run-resumed'; readonly at: string }
		| { readonly type: 'phase-started'; readonly phase: string }
		/** What a phase is doing now (the file make compiles, a percentage); transient: shown, never journaled. */
		| { readonly type: 'phase-progress'; readonly phase: string; readonly detail: string; readonly fraction?: number }
		| {
				readonly type: 'phase-ended';
				readonly phase: string;
				readonly durationMs: number;
				readonly detail?: string;
				readonly parts?: NonNullable<PhaseTime['parts']>;
		  }
		| {
				readonly type: 'job-started';
				readonly job: string;
				readonly kernel: KernelIdentity;
				readonly accel: 'kvm' | 'tcg';
				readonly qemu: string;
		  }
		| { readonly type: 'job-failed'; readonly job: string; readonly status: Status; readonly problem: NonNullable<JobResult['problem']> }
		/** The cases of a job are others than planned: the orders of a sweep, which only the built kernel can tell. */
		| { readonly type: 'job-swept'; readonly job: string; readonly cases: PlannedJob['cases'] }
		| { readonly type: 'case-started'; readonly job: string; readonly case: string; readonly attempt: number }
		| { readonly type: 'splat-seen'; readonly job: string; readonly case: string; readonly splat: Splat }
		| { readonly type: 'attempt-ended'; readonly job: string; readonly case: string; readonly attempt: Attempt }
		| { readonly type: 'case-ended'; readonly job: string; readonly result: CaseResult }
		| { readonly type: 'job-ended'; readonly job: string; readonly durationMs: number }
		| { readonly type: 'note'; readonly text: string }
		| {
				readonly type: 'run-ended';
				readonly ended: string;
				readonly verdict: Status;
				readonly exitCode: number;
				readonly peakMemoryMiB: number;
		  }
	);

/** A job as planned, before anything is built: enough to say MISS for what never ran. */
export interface PlannedJob {
	readonly id: string;
	readonly suite: string;
	readonly kernelSpec: string;
	readonly config: string;
	readonly seed?: number;
	/** Seconds that replace each case's own timeout. */
	readonly timeoutS?: number;
	/** The folder of the patches on its kernel, from the top of the checkout. */
	readonly series?: string;
	/** The user's xfstests tree that its cases come from. */
	readonly xfstests?: string;
	readonly cases: readonly { readonly name: string; readonly summary: string; readonly recipe?: Recipe }[];
}

export type EventListener = (event: Event) => void;
