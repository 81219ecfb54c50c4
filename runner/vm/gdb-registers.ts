/** Registers of an x86-64 vCPU as QEMU sends them for the `g` packet. */

export interface Registers {
	readonly rip: bigint;
	readonly rsp: bigint;
	/** The first six integer arguments at a function's entry: rdi, rsi, rdx, rcx, r8, r9. */
	readonly args: readonly bigint[];
}

// The order of gdb-xml/i386-64bit.xml in QEMU: rax rbx rcx rdx rsi rdi rbp rsp r8 ... r15 rip, 8 bytes each.
const indices = { rsp: 7, rip: 16, args: [5, 4, 3, 2, 8, 9] } as const;

/** Parses the answer to `g`; undefined when it is too short to be one. */
export function parseRegisters64(answer: string): Registers | undefined {
	const bytes = Buffer.from(answer, 'hex');
	if (bytes.length < (indices.rip + 1) * 8) return undefined;
	const read = (index: number) => bytes.readBigUInt64LE(index * 8);
	return { rip: read(indices.rip), rsp: read(indices.rsp), args: indices.args.map(read) };
}
