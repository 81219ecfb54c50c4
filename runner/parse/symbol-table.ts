/** The functions of an ELF object, found by name as a kernel stack trace names them: `function+offset/size`. */

export interface SymbolPlace {
	/** Address in the section for a relocatable object (a .ko), in memory for vmlinux: more than 53 bits. */
	readonly address: bigint;
	readonly section: string;
}

interface Symbol extends SymbolPlace {
	readonly size: number;
	/** The address of the next symbol of the section; absent for the last one. */
	next?: bigint;
}

export type SymbolTable = ReadonlyMap<string, readonly Symbol[]>;

// "  [ 3] .text             PROGBITS        0000000000000000 0000a0 025675 00  AX  0   0 16"
const sectionLine = /^\s*\[\s*(\d+)\] (\S+)\s+(?:PROGBITS)\s+[0-9a-f]+ [0-9a-f]+ [0-9a-f]+ \S+\s+(\w*X\w*) /;
// "  1450: 0000000000023960   523 FUNC    GLOBAL DEFAULT    3 fscache_withdraw_volume"; sizes from 100000 are hexadecimal
const symbolLine = /^\s*\d+: ([0-9a-f]+)\s+(0x[0-9a-f]+|\d+) (FUNC|NOTYPE)\s+\w+\s+\w+\s+(\d+) (\S+)/;

/** Reads the output of `readelf -SW` and `readelf -sW`: all symbols of sections with code. */
export function readSymbolTable(readelf: string): SymbolTable {
	const sections = new Map<string, string>();
	const bySection = new Map<string, (Symbol & { name: string })[]>();
	for (const line of readelf.split('\n')) {
		const section = sectionLine.exec(line);
		if (section) {
			sections.set(section[1] ?? '', section[2] ?? '');
			continue;
		}
		const match = symbolLine.exec(line);
		const name = match && sections.get(match[4] ?? '');
		if (!match || name === undefined || name === null) continue;
		const list = bySection.get(name) ?? [];
		bySection.set(name, list);
		list.push({ name: match[5] ?? '', address: BigInt(`0x${match[1]}`), size: Number(match[2]), section: name });
	}
	const table = new Map<string, Symbol[]>();
	for (const list of bySection.values()) {
		list.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
		let next: bigint | undefined;
		for (let index = list.length - 1; index >= 0; index--) {
			const { name, ...symbol } = list[index] ?? { name: '', address: 0n, size: 0, section: '' };
			const above = list[index + 1];
			if (above && above.address > symbol.address) next = above.address;
			table.set(name, [...(table.get(name) ?? []), next === undefined ? symbol : { ...symbol, next }]);
		}
	}
	return table;
}

/**
 * The places a frame may mean. kallsyms reports as size the distance to the next symbol, padding included, so that is compared, like
 * scripts/faddr2line does; that tells functions of one name apart, and another build's objects from ours. Without a size, all of the name.
 */
export function placesOf(table: SymbolTable, name: string, size: number | undefined): SymbolPlace[] {
	const symbols = table.get(name) ?? [];
	if (size === undefined) return [...symbols];
	return symbols.filter((symbol) =>
		symbol.next === undefined ? symbol.size <= size : symbol.next - symbol.address === BigInt(size) || symbol.size === size,
	);
}
