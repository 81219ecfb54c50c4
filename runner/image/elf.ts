/** What an ELF file asks of the dynamic loader, read from its bytes: nothing is ever executed to find out. */

export interface ElfNeeds {
	/** The loader the kernel starts (PT_INTERP), absent in static programs and most libraries. */
	readonly interpreter: string | undefined;
	/** DT_NEEDED, in order. */
	readonly needed: readonly string[];
	/** Folders of DT_RUNPATH, or of DT_RPATH where that is all there is; `$ORIGIN` is not yet expanded. */
	readonly runpath: readonly string[];
}

// Numbers of the System V ABI and of its x86-64 supplement.
const magic = '\x7fELF';
const elfClass64 = 2;
const littleEndian = 1;
const machineX86_64 = 62;
const segment = { load: 1, dynamic: 2, interp: 3 } as const;
const tag = { end: 0, needed: 1, strtab: 5, rpath: 15, runpath: 29 } as const;

/** Whether `bytes` begin like an ELF file of any kind. */
export function isElf(bytes: Buffer): boolean {
	return bytes.subarray(0, 4).toString('latin1') === magic;
}

/** Reads a 64-bit little-endian x86-64 ELF file; throws a plain Error that says what is wrong with any other. */
export function readElf(bytes: Buffer): ElfNeeds {
	if (!isElf(bytes)) throw new Error('not an ELF file');
	if (bytes.length < 64) throw new Error('cut short');
	if (bytes[4] !== elfClass64 || bytes[5] !== littleEndian || bytes.readUInt16LE(18) !== machineX86_64) throw new Error('not for x86-64');
	try {
		return readNeeds(bytes);
	} catch (error) {
		if (error instanceof RangeError) throw new Error('cut short', { cause: error });
		throw error;
	}
}

interface Segment {
	readonly type: number;
	readonly offset: number;
	readonly address: number;
	readonly size: number;
}

function readNeeds(bytes: Buffer): ElfNeeds {
	const segments = readSegments(bytes);
	const interp = segments.find(({ type }) => type === segment.interp);
	const interpreter = interp && textAt(bytes, interp.offset);
	const dynamic = segments.find(({ type }) => type === segment.dynamic);
	if (!dynamic) return { interpreter, needed: [], runpath: [] };
	const entries = readDynamic(bytes, dynamic);
	const table = entries.find((entry) => entry.tag === tag.strtab);
	if (!table) throw new Error('a dynamic section without a string table');
	const strings = fileOffset(segments, table.value);
	const valuesOf = (wanted: number) => entries.filter((entry) => entry.tag === wanted).map(({ value }) => textAt(bytes, strings + value));
	const paths = valuesOf(tag.runpath);
	return {
		interpreter,
		needed: valuesOf(tag.needed),
		runpath: (paths.length > 0 ? paths : valuesOf(tag.rpath)).flatMap((path) => path.split(':')).filter((path) => path !== ''),
	};
}

function readSegments(bytes: Buffer): Segment[] {
	const start = number64(bytes, 32);
	const stride = bytes.readUInt16LE(54);
	return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
		const at = start + index * stride;
		return {
			type: bytes.readUInt32LE(at),
			offset: number64(bytes, at + 8),
			address: number64(bytes, at + 16),
			size: number64(bytes, at + 32),
		};
	});
}

function readDynamic(bytes: Buffer, { offset, size }: Segment): { tag: number; value: number }[] {
	const entries = [];
	for (let at = offset; at < offset + size; at += 16) {
		const entry = { tag: number64(bytes, at), value: number64(bytes, at + 8) };
		if (entry.tag === tag.end) break;
		entries.push(entry);
	}
	return entries;
}

function fileOffset(segments: readonly Segment[], address: number): number {
	const home = segments.find((part) => part.type === segment.load && address >= part.address && address < part.address + part.size);
	if (!home) throw new Error('a string table outside the file');
	return home.offset + address - home.address;
}

function number64(bytes: Buffer, at: number): number {
	return Number(bytes.readBigUInt64LE(at));
}

function textAt(bytes: Buffer, at: number): string {
	const end = bytes.indexOf(0, at);
	if (at >= bytes.length || end < 0) throw new Error('cut short');
	return bytes.toString('latin1', at, end);
}
