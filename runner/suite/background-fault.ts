/** A fault that the runner arms around a case; how often it fired is evidence that the case must have. */

import { type ArmedFault, armMachine } from '../fault/arm-machine.ts';
import { backgroundName } from '../fault/background.ts';
import { type Fault, firedName, isHostFault } from '../fault/fault.ts';
import type { Machine } from '../vm/machine.ts';
import type { Ask } from './at-rest.ts';
import { armGuest } from './fault-case.ts';
import { CaseFailure, type Guest, SkipCase } from './scenario.ts';

export interface Background {
	/** Ends it; what it measured, nothing where it cannot be told. */
	readonly disarm: () => Promise<Readonly<Record<string, string>>>;
	/** The machine is gone, and with it the fault. */
	readonly forget: () => void;
}

const none: Background = { disarm: async () => ({}), forget() {} };

/** Arms it; says why not where this kernel or image cannot have it. */
export async function armBackground(
	machine: Machine,
	fault: Fault | undefined,
	ask: Ask,
): Promise<Background | { readonly lacks: string }> {
	if (!fault) return none;
	const exec: Guest['exec'] = async (argv, { env } = {}) => {
		const { exitCode, signal, stdout, stderr } = await machine.exec({ argv, ...ask, env: { ...ask.env, ...env } });
		return { exitCode: signal === undefined ? exitCode : undefined, signal, stdout, stderr };
	};
	let armed: ArmedFault | undefined;
	try {
		armed = isHostFault(fault) ? await armMachine(machine.qmp, fault) : await armGuest({ exec }, backgroundName, fault);
	} catch (error) {
		if (error instanceof SkipCase || error instanceof CaseFailure) return { lacks: error.message.replace(/\s+/g, ' ') };
		throw error;
	}
	return {
		forget() {
			armed = undefined;
		},
		async disarm() {
			try {
				return armed ? { [firedName(backgroundName)]: String(await armed.disarm()) } : {};
			} catch (error) {
				// Whatever it left shows as left over.
				if (error instanceof CaseFailure) return {};
				throw error;
			}
		},
	};
}
