/** Makes a guest's jiffies leap: timers that were to come within that time come due at the next tick, and no clock of seconds moves. */

import { InfraError } from '../util/errors.ts';
import type { GdbStub } from '../vm/gdb-stub.ts';
import type { Symbols } from './symbols.ts';

/** The machine must stand. `tick_nsec` (kernel/time/ntp.c) tells how long a jiffy is, as far as HZ is concerned to the last digit. */
export async function leapJiffies(stub: GdbStub, symbols: Symbols, seconds: number): Promise<void> {
	const [thread = 1] = stub.threads;
	const read = async (name: string) => {
		const address = symbols.variable(name);
		const value = address === undefined ? undefined : await stub.readMemory(thread, address, 8);
		if (address === undefined || !value) throw new InfraError(`the guest has no ${name} to read: its jiffies cannot leap`);
		return { address, value: value.readBigUInt64LE() };
	};
	const jiffies = await read('jiffies_64');
	const { value: tickNs } = await read('tick_nsec');
	await stub.writeMemory(thread, jiffies.address, uint64(BigInt.asUintN(64, jiffies.value + jiffiesIn(seconds, tickNs))));
}

/** NTP may bend a tick by 1 in 2000; HZ is a whole number. */
export function jiffiesIn(seconds: number, tickNs: bigint): bigint {
	return BigInt(Math.round(seconds * Math.round(1e9 / Number(tickNs))));
}

function uint64(value: bigint): Buffer {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64LE(value);
	return bytes;
}
