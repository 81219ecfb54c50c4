import { readFile } from 'node:fs/promises';
import test from 'ava';
import { isElf, readElf } from './elf.ts';

test("node's own program tells its loader and libraries", async (t) => {
	const needs = readElf(await readFile(process.execPath));
	t.is(needs.interpreter, '/lib64/ld-linux-x86-64.so.2');
	t.true(needs.needed.includes('libc.so.6'));
});

test('a file that is cut short, foreign or no ELF at all is refused with the reason', async (t) => {
	const shell = await readFile('/bin/sh');
	t.true(isElf(shell));
	t.false(isElf(Buffer.from('#!/bin/sh\n')));
	t.throws(() => readElf(Buffer.from('#!/bin/sh\n')), { message: 'not an ELF file' });
	for (const length of [10, 100, 600]) t.throws(() => readElf(shell.subarray(0, length)), { message: 'cut short' }, `${length} bytes`);
	const arm = Buffer.from(shell);
	arm.writeUInt16LE(183, 18);
	t.throws(() => readElf(arm), { message: 'not for x86-64' });
});
