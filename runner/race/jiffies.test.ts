import test from 'ava';
import { InfraError } from '../util/errors.ts';
import type { GdbStub } from '../vm/gdb-stub.ts';
import { openJiffies } from './jiffies.ts';
import { symbolsOf } from './symbols.ts';

const symbols = symbolsOf(
	[],
	new Map([
		['jiffies_64', 8n],
		['tick_nsec', 16n],
	]),
	[],
);

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

test('time is told in ticks of the guest’s HZ, whatever NTP made of a tick', async (t) => {
	const words = new Map([
		[8n, 1000n],
		[16n, 4_000_250n],
	]);
	const jiffies = await openJiffies(memory(words), symbols);
	t.is(jiffies.tickMs, 4);
	words.set(8n, 1250n);
	t.is(await jiffies.nowMs(), 1000);
});

test('jiffies leap, past their end too, and that is no time that passed', async (t) => {
	const words = new Map([
		[8n, 0xffff_ffff_ffff_ffffn],
		[16n, 1_000_000n],
	]);
	const jiffies = await openJiffies(memory(words), symbols);
	await jiffies.leap(2);
	t.is(words.get(8n), 1999n);
	t.is(await jiffies.nowMs(), 0);
	words.set(8n, 2009n);
	t.is(await jiffies.nowMs(), 10);
});

test('a kernel without these variables is told', async (t) => {
	await t.throwsAsync(openJiffies(memory(new Map()), symbolsOf([], new Map(), [])), {
		instanceOf: InfraError,
		message: "vmlinux has no jiffies_64: the guest's jiffies cannot be read",
	});
});
