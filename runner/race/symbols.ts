/** Where functions are in a guest that runs, and which function an address is in: vmlinux as linked (nokaslr), modules as loaded. */

import { readFile } from 'node:fs/promises';
import { sourceName } from '../parse/frame.ts';
import type { KernelObjects } from '../parse/symbolize.ts';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { didYouMean } from '../util/text.ts';
import type { Place } from './point.ts';

export interface FunctionSymbol {
	readonly name: string;
	readonly address: bigint;
	/** undefined in vmlinux. */
	readonly module?: string;
}

export interface Symbols {
	/** Of a function's byte. Throws a UserError with near names when there is no such function, or it is not the only one. */
	readonly locate: (place: Place) => Promise<bigint>;
	/** `cachefiles_withdraw_volume+0x12 [cachefiles]`; the bare address where nothing is known. */
	readonly describe: (address: bigint) => string;
	readonly functionAt: (address: bigint) => { readonly symbol: FunctionSymbol; readonly offset: number } | undefined;
	/** Of a variable of vmlinux, per-CPU ones as their offset. */
	readonly variable: (name: string) => bigint | undefined;
}

/** Addresses of the code sections of loaded modules. Keys are `module section`. */
export type Sections = ReadonlyMap<string, bigint>;

/** Prints them in the guest. */
export const sectionsScript = "grep '' /sys/module/*/sections/.*text*";

/** Parses what that prints. */
export function parseSections(text: string): Sections {
	const sections = new Map<string, bigint>();
	// "/sys/module/cachefiles/sections/.init.text:0xffffffffc0200000"
	for (const [, module, section, address] of text.matchAll(/^\/sys\/module\/(\w+)\/sections\/(\S+):(0x[0-9a-f]+)$/gm))
		sections.set(`${module} ${section}`, BigInt(address ?? 0));
	return sections;
}

/** Symbols of the objects, placed by `sections`; modules that are not loaded are left out. Throws an InfraError when binutils fail. */
export async function readSymbols(objects: KernelObjects, sections: Sections, signal?: AbortSignal): Promise<Symbols> {
	const options = { signal, env: { LC_ALL: 'C' }, detached: true };
	const fixed = objects.vmlinux === undefined ? [] : parseNm((await exec('nm', [objects.vmlinux], options)).stdout);
	const functions: FunctionSymbol[] = fixed.filter(({ isCode }) => isCode).map(({ name, address }) => ({ name, address }));
	const loaded = [...objects.modules].filter(([module]) => sections.has(`${module} .text`));
	for (const [module, path] of loaded) {
		const { stdout } = await exec('nm', ['--format=sysv', path], options);
		for (const { name, section, address } of parseSysv(stdout)) {
			const base = sections.get(`${module} ${section}`);
			if (base !== undefined) functions.push({ name, module, address: base + address });
		}
	}
	const texts = [objects.vmlinux, ...loaded.map(([, path]) => path)].filter((path) => path !== undefined);
	return symbolsOf(functions, new Map(fixed.map(({ name, address }) => [name, address])), texts);
}

/** As readSymbols, of values; `objects` are files that may know the name of a function without code of its own. */
export function symbolsOf(
	functions: readonly FunctionSymbol[],
	variables: ReadonlyMap<string, bigint>,
	objects: readonly string[],
): Symbols {
	const sorted = [...functions].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
	const functionAt: Symbols['functionAt'] = (address) => {
		let low = 0;
		let high = sorted.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((sorted[middle]?.address ?? 0n) <= address) low = middle + 1;
			else high = middle;
		}
		const symbol = sorted[low - 1];
		// A function of a MiB is none: the address is behind the last one.
		return symbol && address - symbol.address < 0x10_0000n ? { symbol, offset: Number(address - symbol.address) } : undefined;
	};
	const named = (name: string, module: string | undefined) => {
		const inModule = functions.filter((one) => module === undefined || (one.module ?? 'vmlinux') === module);
		const exact = inModule.filter((one) => one.name === name);
		// The compiler renames a copy with fewer arguments; a part or the cold half of a function is not its beginning.
		return exact.length > 0 ? exact : inModule.filter((one) => sourceName(one.name) === name && !/\.(?:cold|part)\b/.test(one.name));
	};
	return {
		functionAt,
		describe(address) {
			const found = functionAt(address);
			if (!found) return `0x${address.toString(16)}`;
			const { symbol, offset } = found;
			return `${symbol.name}+0x${offset.toString(16)}${symbol.module === undefined ? '' : ` [${symbol.module}]`}`;
		},
		variable: (name) => variables.get(name),
		async locate(place) {
			const name = [place.function, ...(place.otherwise ?? [])].find((one) => named(one, place.module).length > 0) ?? place.function;
			const found = named(name, place.module);
			const [only] = found;
			if (!only) throw await absent(place, functions, objects);
			if (found.length > 1) {
				const modules = [...new Set(found.map(({ module }) => module ?? 'vmlinux'))];
				throw new UserError(`there are ${found.length} functions ${name}, in ${modules.join(' and ')}`, {
					hint:
						modules.length > 1
							? `write ${modules.map((module) => `${module}:${name}`).join(' or ')}`
							: 'take a function that it calls, or its caller',
				});
			}
			const address = only.address + BigInt(place.offset);
			if (place.offset > 0 && functionAt(address)?.symbol.address !== only.address)
				throw new UserError(`${name}+0x${place.offset.toString(16)} is outside of ${name}`);
			return address;
		},
	};
}

async function absent(place: Place, functions: readonly FunctionSymbol[], objects: readonly string[]): Promise<UserError> {
	const names = [...new Set(functions.map(({ name }) => name))];
	const near = didYouMean(
		place.function,
		// The name's family first: a distance over 100,000 names takes long.
		names.filter((name) => name.startsWith(place.function.slice(0, 4)) || name.includes(place.function)),
	);
	const where = place.module === undefined ? 'in the kernel or its loaded modules' : `in ${place.module}`;
	// Debug information names functions that have no code of their own.
	for (const path of objects)
		if ((await readFile(path)).includes(`\0${place.function}\0`))
			return new UserError(`${place.function} has no code of its own ${where}: the compiler put it into its callers`, {
				hint: `take a caller or a function that it calls${near === undefined ? '' : `; ${near}`}`,
			});
	return new UserError(`there is no function ${place.function} ${where}`, near === undefined ? {} : { hint: near });
}

interface NmSymbol {
	readonly name: string;
	readonly address: bigint;
	readonly isCode: boolean;
}

function parseNm(output: string): NmSymbol[] {
	const symbols: NmSymbol[] = [];
	// "ffffffff811b7b60 t tracing_mark_write", "0000000000033580 D pcpu_hot"
	for (const [, address, type = '', name = ''] of output.matchAll(/^([0-9a-f]{16}) ([a-zA-Z]) (\S+)$/gm))
		symbols.push({ name, address: BigInt(`0x${address}`), isCode: /[tTwW]/.test(type) });
	return symbols;
}

/** Functions of a relocatable object: their addresses are within the section. */
function parseSysv(output: string): { name: string; section: string; address: bigint }[] {
	const symbols: { name: string; section: string; address: bigint }[] = [];
	// "cachefiles_withdraw_volume|0000000000006e10|   T  |              FUNC|0000000000000123|     |.text"
	for (const [, name = '', address, section = ''] of output.matchAll(/^(\S+?) *\|([0-9a-f]{16})\|[^|]*\| *FUNC\|[^|]*\|[^|]*\|(\S+)$/gm))
		symbols.push({ name, section, address: BigInt(`0x${address}`) });
	return symbols;
}
