import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { writeKernelStub } from './kernel-stub.ts';

let dir = '';
test.before(async () => {
	dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
});
test.after.always(() => rm(dir, { recursive: true, force: true }));

test('of an ELF file the notes stay, and the segments are empty', async (t) => {
	const elf = Buffer.alloc(4096, 0xaa).fill(0, 0, 256);
	elf.write('\x7fELF', 'latin1');
	elf.writeBigUInt64LE(64n, 32);
	elf.writeBigUInt64LE(4000n, 40);
	for (const [at, value] of [56, 2, 20, 9, 8].map((value, index) => [54 + 2 * index, value] as const)) elf.writeUInt16LE(value, at);
	for (const [at, type, offset, bytes] of [
		[64, 1, 1024n, 2048n],
		[120, 4, 3072n, 16n],
	] as const) {
		elf.writeUInt32LE(type, at);
		elf.writeBigUInt64LE(offset, at + 8);
		elf.writeBigUInt64LE(bytes, at + 32);
		elf.writeBigUInt64LE(bytes, at + 40);
	}
	elf.write('Xen PVH entry at', 3072);
	await writeFile(join(dir, 'vmlinux'), elf);
	t.true(await writeKernelStub(join(dir, 'vmlinux'), join(dir, 'elf-stub')));
	const stub = await readFile(join(dir, 'elf-stub'));
	t.is(stub.length, 64 + 2 * 56 + 16);
	t.deepEqual([stub.readBigUInt64LE(64 + 32), stub.readBigUInt64LE(64 + 40)], [0n, 0n]);
	const note = Number(stub.readBigUInt64LE(120 + 8));
	t.is(stub.toString('latin1', note, note + Number(stub.readBigUInt64LE(120 + 32))), 'Xen PVH entry at');
	t.is(stub.readBigUInt64LE(40), 0n);
});

test('of a bzImage the setup code stays, with a sector of nothing behind it', async (t) => {
	const image = Buffer.alloc(100_000, 0xaa);
	image.writeUInt8(3, 0x1f1);
	image.write('HdrS', 0x202);
	await writeFile(join(dir, 'bzImage'), image);
	t.true(await writeKernelStub(join(dir, 'bzImage'), join(dir, 'bzImage-stub')));
	t.deepEqual(await readFile(join(dir, 'bzImage-stub')), Buffer.concat([image.subarray(0, 2048), Buffer.alloc(512)]));
});

test('a file that is no kernel has no stub', async (t) => {
	await writeFile(join(dir, 'text'), 'not a kernel');
	t.false(await writeKernelStub(join(dir, 'text'), join(dir, 'no-stub')));
});
