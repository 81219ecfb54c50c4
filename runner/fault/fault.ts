/** The vocabulary of faults: what can be broken on purpose, said the same way in suite.yaml, in scenarios and to the guest. */

import { z } from 'zod';
import { allocationFaults } from './allocation.ts';
import { blockFaults } from './block.ts';
import { cachefilesdFaults } from './cachefilesd.ts';
import { kernelFaults } from './kernel.ts';
import { machineFaults } from './machine.ts';
import { memoryFaults } from './memory.ts';
import { networkFaults } from './network.ts';
import { processFaults } from './process.ts';

const kinds = [
	...blockFaults,
	...networkFaults,
	...allocationFaults,
	...kernelFaults,
	...memoryFaults,
	...processFaults,
	...cachefilesdFaults,
	...machineFaults,
] as const;

export const faultKinds = kinds.map((schema) => schema.shape.kind.value);

export const faultSchema = z.discriminatedUnion('kind', kinds, {
	error: ({ code, input }) =>
		code === 'invalid_union' ? `"${kindIn(input)}" is not a kind of fault; those are ${faultKinds.join(', ')}` : undefined,
});

const faultName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'names of faults are lower-case letters, digits and dashes');

/** The faults of a case by the names that its evidence carries. */
export const faultsSchema = z.record(faultName, faultSchema);

export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;
export type Faults = z.output<typeof faultsSchema>;

export type HostFault = z.output<(typeof machineFaults)[number]>;

/** Whether QEMU makes it and not the guest. */
export function isHostFault(fault: Fault): fault is HostFault {
	return machineFaults.some((schema) => schema.shape.kind.value === fault.kind);
}

/** As suites/lib/fault.sh reads them, one a line: `stall disk-slow fires=1 disk=cache ms=200`. */
export function formatFaults(faults: Faults): string {
	const lines = Object.entries(faults).map(([name, { kind, ...rest }]) =>
		[name, kind, ...Object.entries(rest).map(([key, value]) => `${key}=${value}`)].join(' '),
	);
	return lines.join('\n');
}

/** The name under which it is measured how often the fault fired. */
export function firedName(name: string): string {
	return `fault_${name.replaceAll('-', '_')}_fired`;
}

/** What must hold for a pass to count: each has fired. */
export function claimsOf(faults: Faults): string[] {
	return Object.entries(faults).map(([name, { fires }]) => `${firedName(name)} >= ${fires}`);
}

function kindIn(input: unknown): string {
	return String((input as { kind?: unknown } | null)?.kind);
}
