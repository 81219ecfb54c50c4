/** The API of a case written in TypeScript: it drives the machine from the host and says what it saw. */

import type { ArmedFault } from '../fault/arm-machine.ts';
import type { FaultInput } from '../fault/fault.ts';
import type { Assertion } from '../model/run.ts';
import type { Call, CallOptions } from '../race/calls.ts';
import type { Race } from '../race/player.ts';
import { UserError } from '../util/errors.ts';

export interface GuestExit {
	/** undefined when a signal ended it. */
	readonly exitCode: number | undefined;
	readonly signal: number | undefined;
	readonly stdout: string;
	readonly stderr: string;
}

export interface GuestExecOptions {
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	readonly stdin?: string | Uint8Array;
	/** Milliseconds under KVM; scaled by the accelerator. */
	readonly timeoutMs?: number;
}

export interface Guest {
	/** Runs a program with the case's environment; a non-zero exit is a result. */
	readonly exec: (argv: readonly string[], options?: GuestExecOptions) => Promise<GuestExit>;
	/** Runs a shell script; a non-zero exit fails the case. Returns its stdout. */
	readonly sh: (script: string, options?: GuestExecOptions) => Promise<string>;
	readonly push: (path: string, data: string | Uint8Array, mode?: number) => Promise<void>;
	readonly pull: (path: string) => Promise<Buffer>;
}

export interface ScenarioContext {
	readonly guest: Guest;
	readonly qmp: { readonly execute: (command: string, args?: Record<string, unknown>) => Promise<unknown> };
	/** `6.12` */
	readonly kernel: string;
	readonly seed: number;
	readonly signal: AbortSignal;
	/** An assertion; a false one fails the case, which goes on. Returns the condition. */
	readonly ok: (condition: boolean, name: string, detail?: string) => boolean;
	/** The same; a false one is what suites/known-issues/<issue>.txt explains, and fails nothing. */
	readonly okKnown: (issue: string, condition: boolean, hasSymptom: boolean, name: string) => boolean;
	readonly evidence: (name: string, value: string | number) => void;
	/** A line for the case's agent.log. */
	readonly note: (text: string) => void;
	/** Skips the case with this reason; throws, so nothing after it runs. */
	readonly skip: (reason: string) => never;
	/** The host folder behind a share of the suite; empty when the case begins. */
	readonly share: (name: string) => string;
	/** The device of a disk of the suite in the guest: `/dev/vda`. */
	readonly disk: (name: string) => string;
	readonly race: {
		/**
		 * Plays a schedule from now on, as suite.yaml has it under `race`; `finish` ends it, and the case's end does. Steps that do not
		 * happen make the case INCONCLUSIVE, unless they are `optional`, for a sweep.
		 */
		readonly play: (schedule: unknown, options?: { readonly optional?: boolean }) => Promise<Race>;
		/** The calls that a function makes, and with `accesses` each load and store too: `ACTOR reaches <place>` is the moment before each. */
		readonly calls: (name: string, options?: Pick<CallOptions, 'accesses'>) => Promise<readonly Call[]>;
	};
	readonly fault: {
		/**
		 * Arms a fault: one that suite.yaml declares for the case, or `given`. The case's end disarms what is armed still. One that has not fired
		 * as often as it should makes the case INCONCLUSIVE, unless it is `optional`, for a sweep; one that this kernel cannot have skips it.
		 */
		readonly arm: (name: string, given?: FaultInput, options?: { readonly optional?: boolean }) => Promise<ArmedFault>;
	};
	/**
	 * Cuts the power of the machine and starts another on the same disks and shares, as after a reboot. Nothing else is left: no process, no
	 * mount, no armed fault.
	 */
	readonly crash: () => Promise<void>;
	readonly ninep: {
		/** READ requests that QEMU's 9p server has answered since the case began, or the last crash, and the bytes they asked for. */
		readonly reads: () => Promise<{ readonly requests: number; readonly bytes: number }>;
	};
}

export type ScenarioBody = (t: ScenarioContext) => Promise<void>;

export interface ScenarioCase {
	readonly scenario: ScenarioBody;
}

/** What a case file exports by default. */
export function scenario(body: ScenarioBody): ScenarioCase {
	return { scenario: body };
}

/** Thrown by `t.skip`. */
export class SkipCase extends Error {
	override readonly name = 'SkipCase';
}

/** Thrown by `t.guest.sh` when the script fails: a failed assertion that ends the case. */
export class CaseFailure extends Error {
	override readonly name = 'CaseFailure';
}

/** Collects what a scenario says, in the form a guest-side case would have printed. */
export function createLog(): {
	readonly assertions: Assertion[];
	readonly measured: Record<string, string>;
	readonly ok: ScenarioContext['ok'];
	readonly okKnown: ScenarioContext['okKnown'];
	readonly evidence: ScenarioContext['evidence'];
} {
	const assertions: Assertion[] = [];
	const measured: Record<string, string> = {};
	return {
		assertions,
		measured,
		ok(condition, name, detail) {
			assertions.push({ name, status: condition ? 'PASS' : 'FAIL', ...(detail !== undefined && { detail }) });
			return condition;
		},
		okKnown(issue, condition, hasSymptom, name) {
			const failed = hasSymptom
				? { status: 'TODO' as const, detail: `known issue ${issue}` }
				: { status: 'FAIL' as const, detail: `nor has it the symptom of ${issue}` };
			assertions.push({ name, ...(condition ? { status: 'PASS' as const } : failed) });
			return condition;
		},
		evidence(name, value) {
			if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new UserError(`evidence "${name}" is not a name of small letters, digits and _`);
			measured[name] = String(value);
		},
	};
}
