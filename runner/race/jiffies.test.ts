import test from 'ava';
import { InfraError } from '../util/errors.ts';
import type { GdbStub } from '../vm/gdb-stub.ts';
import { jiffiesIn, leapJiffies } from './jiffies.ts';
import { symbolsOf } from './symbols.ts';

/** Memory of 64-bit words, in place of a stub. */
function memory(words: Map<bigint, bigint>): GdbStub {
	return {
		threads: [1, 2],
		async readMemory(_: number, address: bigint) {
			const bytes = Buffer.alloc(8);
			bytes.writeBigUInt64LE(words.get(address) ?? 0n);
			return bytes;
		},
		async writeMemory(_: number, address: bigint, data: Buffer) {
			words.set(address, data.readBigUInt64LE());
		},
	} as unknown as GdbStub;
}

test('seconds are jiffies of the guest’s HZ, whatever NTP made of a tick', (t) => {
	t.is(jiffiesIn(11, 4_000_000n), 2750n);
	t.is(jiffiesIn(11, 4_000_250n), 2750n);
	t.is(jiffiesIn(0.5, 10_000_000n), 50n);
});

test('jiffies leap, past their end too', async (t) => {
	const variables = new Map([
		['jiffies_64', 8n],
		['tick_nsec', 16n],
	]);
	const words = new Map([
		[8n, 0xffff_ffff_ffff_ffffn],
		[16n, 1_000_000n],
	]);
	await leapJiffies(memory(words), symbolsOf([], variables, []), 2);
	t.is(words.get(8n), 1999n);
	await t.throwsAsync(leapJiffies(memory(words), symbolsOf([], new Map(), []), 2), {
		instanceOf: InfraError,
		message: 'the guest has no jiffies_64 to read: its jiffies cannot leap',
	});
});
