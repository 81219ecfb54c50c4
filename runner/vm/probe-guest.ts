/** The smallest guest there is: a PVH kernel of a few instructions that turns paging on and ends QEMU with a code of its own. */

const loadAddress = 0x10_0000;
const pageDirectory = 0x10_2000;
const value = 0x21;
const port = 0xf4;

/** QEMU's exit code when the guest ran: isa-debug-exit makes (value << 1) | 1 of what is written to it. */
export const probeExitCode = (value << 1) | 1;

/** The device the guest writes to. */
export const probeDevice = `isa-debug-exit,iobase=${port},iosize=1`;

/** 32-bit protected mode, as PVH enters it. One 4 MiB page maps the code onto itself: nested translation has to work as well. */
const code = [
	[0xc7, 0x05, ...word(pageDirectory), ...word(0x83)], // mov dword [pageDirectory], present | writable | 4 MiB
	[0x0f, 0x20, 0xe0, 0x83, 0xc8, 0x10, 0x0f, 0x22, 0xe0], // cr4 |= PSE
	[0xb8, ...word(pageDirectory), 0x0f, 0x22, 0xd8], // cr3 = pageDirectory
	[0x0f, 0x20, 0xc0, 0x0d, ...word(0x8000_0000), 0x0f, 0x22, 0xc0], // cr0 |= PG
	[0xb0, value, 0xe6, port], // out port, value
	[0xf4, 0xeb, 0xfd], // hlt, for ever
].flat();

/** The ELF file for `-kernel`: header, two program headers (code, note), the Xen note with the entry point, code. */
export function probeGuest(): Buffer {
	const headers = 64 + 2 * 56;
	const note = 24;
	const size = headers + note + code.length;
	const entry = loadAddress + headers + note;
	const elf = Buffer.alloc(size);
	elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
	elf.writeUInt16LE(2, 16); // an executable
	elf.writeUInt16LE(62, 18); // for x86-64
	elf.writeUInt32LE(1, 20);
	elf.writeBigUInt64LE(BigInt(entry), 24);
	elf.writeBigUInt64LE(64n, 32);
	elf.writeUInt16LE(64, 52);
	elf.writeUInt16LE(56, 54);
	elf.writeUInt16LE(2, 56);
	programHeader(elf, 64, { type: 1, flags: 7, offset: 0, size, align: 0x1000 });
	programHeader(elf, 64 + 56, { type: 4, flags: 4, offset: headers, size: note, align: 4 });
	elf.writeUInt32LE(4, headers);
	elf.writeUInt32LE(8, headers + 4);
	elf.writeUInt32LE(18, headers + 8); // XEN_ELFNOTE_PHYS32_ENTRY
	elf.write('Xen\0', headers + 12);
	elf.writeBigUInt64LE(BigInt(entry), headers + 16);
	elf.set(code, headers + note);
	return elf;
}

function programHeader(
	elf: Buffer,
	at: number,
	header: { type: number; flags: number; offset: number; size: number; align: number },
): void {
	elf.writeUInt32LE(header.type, at);
	elf.writeUInt32LE(header.flags, at + 4);
	elf.writeBigUInt64LE(BigInt(header.offset), at + 8);
	elf.writeBigUInt64LE(BigInt(loadAddress + header.offset), at + 16);
	elf.writeBigUInt64LE(BigInt(loadAddress + header.offset), at + 24);
	elf.writeBigUInt64LE(BigInt(header.size), at + 32);
	elf.writeBigUInt64LE(BigInt(header.size), at + 40);
	elf.writeBigUInt64LE(BigInt(header.align), at + 48);
}

function word(number: number): number[] {
	return [number & 255, (number >>> 8) & 255, (number >>> 16) & 255, number >>> 24];
}
