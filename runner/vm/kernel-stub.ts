/**
 * A file that QEMU takes for a kernel and that holds none. A clone boots nothing, but QEMU reads a whole kernel before it loads a saved
 * machine (hw/i386/x86.c: x86_load_linux), and only the kind of the file decides which ROMs the machine has: a fifth of its start.
 */

import { type FileHandle, open, writeFile } from 'node:fs/promises';

/** Writes one of the kind of `kernel` (an x86-64 vmlinux or bzImage) to `path`; false for a file that is neither. */
export async function writeKernelStub(kernel: string, path: string): Promise<boolean> {
	const file = await open(kernel);
	try {
		const head = await read(file, 0, 1024);
		const stub = isElf(head) ? await elfStub(head, file) : isBzImage(head) ? await bzImageStub(head, file) : undefined;
		if (stub) await writeFile(path, stub);
		return stub !== undefined;
	} finally {
		await file.close();
	}
}

// Offsets in an Elf64_Ehdr and an Elf64_Phdr (elf.h).
const ehdr = { bytes: 64, phoff: 32, shoff: 40, phentsize: 54, phnum: 56, shnum: 60, shstrndx: 62 } as const;
const phdr = { type: 0, offset: 8, filesz: 32, memsz: 40 } as const;
const segment = { load: 1, note: 4 } as const;

function isElf(head: Buffer): boolean {
	return head.length > ehdr.bytes && head.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'));
}

/** The headers with empty segments, and the notes: QEMU looks for the PVH entry among them. */
async function elfStub(head: Buffer, file: FileHandle): Promise<Buffer> {
	const [size, count] = [head.readUInt16LE(ehdr.phentsize), head.readUInt16LE(ehdr.phnum)];
	const header = Buffer.from(head.subarray(0, ehdr.bytes));
	const segments = await read(file, Number(head.readBigUInt64LE(ehdr.phoff)), size * count);
	header.writeBigUInt64LE(BigInt(ehdr.bytes), ehdr.phoff);
	header.fill(0, ehdr.shoff, ehdr.shoff + 8).fill(0, ehdr.shnum, ehdr.shstrndx + 2);
	const parts = [header, segments];
	let end = header.length + segments.length;
	for (let at = 0; at < segments.length; at += size) {
		const type = segments.readUInt32LE(at + phdr.type);
		if (type === segment.load) segments.fill(0, at + phdr.filesz, at + phdr.memsz + 8);
		if (type !== segment.note) continue;
		const note = await read(file, Number(segments.readBigUInt64LE(at + phdr.offset)), Number(segments.readBigUInt64LE(at + phdr.filesz)));
		segments.writeBigUInt64LE(BigInt(end), at + phdr.offset);
		parts.push(note);
		end += note.length;
	}
	return Buffer.concat(parts);
}

// Offsets in the header of a bzImage (Documentation/arch/x86/boot.rst).
const setup = { sectors: 0x1f1, magic: 0x202, sectorBytes: 512 } as const;

function isBzImage(head: Buffer): boolean {
	return head.toString('latin1', setup.magic, setup.magic + 4) === 'HdrS';
}

/** The setup code, which says what kind of kernel follows, and one empty sector of that. */
async function bzImageStub(head: Buffer, file: FileHandle): Promise<Buffer> {
	// Boot sector included; 0 means 4.
	const sectors = (head.readUInt8(setup.sectors) || 4) + 1;
	return Buffer.concat([await read(file, 0, sectors * setup.sectorBytes), Buffer.alloc(setup.sectorBytes)]);
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
	const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
	return buffer.subarray(0, bytesRead);
}
