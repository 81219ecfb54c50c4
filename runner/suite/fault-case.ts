/** Faults that a scenario arms: declared in suite.yaml or on the spot, made by the guest or by QEMU, and counted either way. */

import { z } from 'zod';
import { type ArmedFault, armMachine } from '../fault/arm-machine.ts';
import { claimsOf, type Fault, faultSchema, firedName, formatFaults, isHostFault } from '../fault/fault.ts';
import { UserError } from '../util/errors.ts';
import type { CaseRun } from './case-run.ts';
import { guestPaths } from './provision.ts';
import { CaseFailure, type ScenarioContext, SkipCase } from './scenario.ts';

/** As fault-verb.sh exits when this kernel or image cannot do it. */
const lacksExit = 3;

export interface Faults {
	readonly arm: ScenarioContext['fault']['arm'];
	/** Disarms what is still armed. */
	readonly finish: () => Promise<void>;
	/** The machine is gone, and with it every fault of it. */
	readonly forget: () => void;
	/** That those have fired which suite.yaml does not declare. */
	readonly claims: readonly string[];
}

/** The faults of a scenario; counts go to `evidence`. */
export function createFaults(run: CaseRun, guest: ScenarioContext['guest'], evidence: ScenarioContext['evidence']): Faults {
	const armed = new Map<string, ArmedFault>();
	const claims: string[] = [];

	const arm: Faults['arm'] = async (name, given, { optional = false } = {}) => {
		const fault = given === undefined ? run.entry.faults[name] : parseFault(given);
		if (!fault) throw new UserError(`the case ${run.entry.name} declares no fault "${name}"`);
		if (given !== undefined && !optional) claims.push(...claimsOf({ [name]: fault }));
		const isHost = isHostFault(fault);
		const made = isHost ? await armMachine(run.machine.qmp, fault) : await armGuest(guest, name, fault);
		// As fault.sh does for those of the guest.
		const mark = (what: string) => (isHost ? run.machine.mark(`fault ${name} (${fault.kind}) ${what}`) : Promise.resolve());
		await mark('armed');
		const one: ArmedFault = {
			async fired() {
				const count = await made.fired();
				evidence(firedName(name), count);
				return count;
			},
			async disarm() {
				armed.delete(name);
				const count = await made.disarm();
				evidence(firedName(name), count);
				await mark(`disarmed, fired ${count}`);
				return count;
			},
		};
		armed.set(name, one);
		return one;
	};

	return {
		arm,
		claims,
		forget: () => armed.clear(),
		async finish() {
			for (const one of [...armed.values()].reverse()) await one.disarm();
		},
	};
}

function parseFault(given: unknown): Fault {
	const parsed = faultSchema.safeParse(given);
	if (!parsed.success) throw new UserError(`not a fault: ${z.prettifyError(parsed.error)}`);
	return parsed.data;
}

/** Arms a fault that the guest makes. Throws a SkipCase where it cannot be had, a CaseFailure where it cannot be armed. */
export async function armGuest(guest: Pick<ScenarioContext['guest'], 'exec'>, name: string, fault: Fault): Promise<ArmedFault> {
	const verb = async (word: 'arm' | 'fired' | 'disarm') => {
		const argv = ['/bin/sh', `${guestPaths.lib}/fault-verb.sh`, word, name];
		const { exitCode, stdout, stderr } = await guest.exec(argv, { env: { CRUCIBLE_FAULTS: formatFaults({ [name]: fault }) } });
		const said = stdout.trim();
		if (exitCode === lacksExit) throw new SkipCase(said);
		if (exitCode !== 0)
			throw new CaseFailure(`the fault ${name} could not be ${word === 'arm' ? 'armed' : word}\n${said}\n${stderr.trim()}`);
		return Number(said.split('\n').at(-1));
	};
	await verb('arm');
	return { fired: () => verb('fired'), disarm: () => verb('disarm') };
}
