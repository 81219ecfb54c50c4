/** The guest's jiffies, read and moved in its memory while the machine stands: how much time passed in it, and time that is to have passed. */

import { InfraError } from '../util/errors.ts';
import type { GdbStub } from '../vm/gdb-stub.ts';
import type { Symbols } from './symbols.ts';

export interface Jiffies {
	readonly tickMs: number;
	/** Guest time in ms since this was opened, leaps left out; in whole ticks. */
	readonly nowMs: () => Promise<number>;
	/** Timers that were to come within so many seconds come due at the next tick; no clock of seconds moves. */
	readonly leap: (seconds: number) => Promise<void>;
}

/** `tick_nsec` (kernel/time/ntp.c) tells how long a jiffy is. Throws an InfraError when the guest's memory cannot be read. */
export async function openJiffies(stub: GdbStub, symbols: Symbols): Promise<Jiffies> {
	const [thread = 1] = stub.threads;
	const locate = (name: string) => {
		const address = symbols.variable(name);
		if (address === undefined) throw new InfraError(`vmlinux has no ${name}: the guest's jiffies cannot be read`);
		return address;
	};
	const read = async (address: bigint) => {
		const value = (await stub.readMemory(thread, address, 8))?.readBigUInt64LE();
		if (value === undefined) throw new InfraError('the guest’s jiffies cannot be read');
		return value;
	};
	const address = locate('jiffies_64');
	// NTP may bend a tick by 1 in 2000; HZ is a whole number.
	const hz = Math.round(1e9 / Number(await read(locate('tick_nsec'))));
	let base = await read(address);
	return {
		tickMs: 1000 / hz,
		nowMs: async () => (Number(BigInt.asIntN(64, (await read(address)) - base)) * 1000) / hz,
		async leap(seconds) {
			const ticks = BigInt(Math.round(seconds * hz));
			const bytes = Buffer.alloc(8);
			bytes.writeBigUInt64LE(BigInt.asUintN(64, (await read(address)) + ticks));
			await stub.writeMemory(thread, address, bytes);
			base += ticks;
		},
	};
}
