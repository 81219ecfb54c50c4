/** Why make compiled what it compiled for vmlinux: from its steps, its .cmd files, and what changed in the tree and the .config. */

import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { readCmd } from './cmd-file.ts';
import type { Step } from './make-output.ts';

/** A built-in object that was compiled, and the changed files and symbols that it is made from; both empty where neither is why. */
export interface Rebuilt {
	readonly object: string;
	readonly inputs: readonly string[];
	readonly symbols: readonly string[];
}

/** Objects that a make compiled for vmlinux, in its order. */
export function builtInObjects(steps: readonly Step[]): string[] {
	// "CC fs/open.o", "AS arch/x86/entry/entry_64.o"; not "CC [M] ...", "HOSTCC ...", "CC .vmlinux.export.o", "CC /out/tools/objtool/check.o"
	const objects = steps.filter(({ verb, target }) => /^(?:CC|AS|RUSTC)$/.test(verb) && /^(?!scripts\/|init\/version)\w.*\.o$/.test(target));
	return [...new Set(objects.map(({ target }) => target))];
}

/** Looks each of `objects` up; `changed` are paths below `tree`, `symbols` without `CONFIG_`. */
export async function whyRebuilt(
	objects: readonly string[],
	{ tree, output }: { readonly tree: string; readonly output: string },
	changed: readonly string[],
	symbols: readonly string[],
): Promise<Rebuilt[]> {
	const real = await realpath(tree);
	const rebuilt: Rebuilt[] = [];
	for (const object of objects) {
		const made = await readCmd(output, object);
		rebuilt.push({
			object,
			inputs: made ? changed.filter((path) => made.inputs.has(join(real, path))) : [],
			symbols: made ? symbols.filter((symbol) => made.symbols.has(symbol)) : [],
		});
	}
	return rebuilt;
}

/** What two .configs (as parseDotConfig reads them) differ in, by symbol: `+CONFIG_X=y`, `-CONFIG_X=y`, `CONFIG_X=y (was m)`. */
export function configChanges(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
	const changes = new Map<string, string>();
	for (const symbol of new Set([...before.keys(), ...after.keys()])) {
		const [was, is] = [before.get(symbol), after.get(symbol)];
		if (was === is) continue;
		changes.set(
			symbol,
			was === undefined ? `+CONFIG_${symbol}=${is}` : is === undefined ? `-CONFIG_${symbol}=${was}` : `CONFIG_${symbol}=${is} (was ${was})`,
		);
	}
	return changes;
}
