/** File and line, and the functions that were inlined, for the frames of splats: asks binutils about vmlinux and modules with debug info. */

import type { Frame, Splat } from '../model/run.ts';
import { exec } from '../util/exec.ts';
import { readAddr2line, type SourceLevel, sourcePath } from './addr2line.ts';
import { withSourceLines } from './source-lines.ts';
import { placesOf, readSymbolTable, type SymbolPlace, type SymbolTable } from './symbol-table.ts';

export interface KernelObjects {
	/** Path of the vmlinux with debug info. */
	readonly vmlinux?: string;
	/** Paths of .ko files with debug info, by module name; `-` and `_` are the same in names. */
	readonly modules: ReadonlyMap<string, string>;
	/** Top of the source tree, taken off paths; found by where vmlinux has init/main.c when absent. */
	readonly sourceTree?: string;
}

/** A query: one place in one object, and a key under which its answer is kept. */
interface Query {
	readonly object: string;
	readonly place: SymbolPlace;
	/** Bytes behind the symbol. */
	readonly offset: number;
}

/**
 * Symbolises every frame that these objects know: fills `file` and `line`, and puts inlined functions before the frame they were put
 * into, and `source` in the frames that matter where the tree is still there. A frame whose function is absent, differs in size (another build) or is ambiguous stays as it is. One readelf and one addr2line
 * for each object (and section of a module). Throws an InfraError when binutils fail, the signal's reason when aborted.
 */
export async function symbolizeSplats(splats: readonly Splat[], objects: KernelObjects, signal?: AbortSignal): Promise<Splat[]> {
	const modules = new Map([...objects.modules].map(([name, path]) => [moduleName(name), path]));
	const objectOf = (frame: Frame) => (frame.module === undefined ? objects.vmlinux : modules.get(moduleName(frame.module)));
	const frames = splats.flatMap((splat) => splat.stacks.flatMap((stack) => stack.frames)).filter((frame) => frame.offset !== undefined);

	const tables = new Map<string, SymbolTable>();
	for (const object of new Set(frames.map(objectOf))) {
		if (object === undefined) continue;
		tables.set(object, readSymbolTable((await exec('readelf', ['-SsW', object], { signal, env: { LC_ALL: 'C' }, detached: true })).stdout));
	}

	const queriesOf = (frame: Frame): Query[] => {
		const object = objectOf(frame);
		const table = object === undefined ? undefined : tables.get(object);
		if (object === undefined || table === undefined || frame.offset === undefined || frame.file !== undefined) return [];
		// A return address may be the first of the next line, or of another function: the call is before it.
		const offset = frame.exact || frame.offset === 0 ? frame.offset : frame.offset - 1;
		return placesOf(table, frame.function, frame.size).map((place) => ({ object, place, offset }));
	};
	const mainFunction = objects.vmlinux === undefined ? undefined : tables.get(objects.vmlinux)?.get('start_kernel')?.[0];
	const anchor = objects.vmlinux !== undefined && mainFunction ? { object: objects.vmlinux, place: mainFunction, offset: 0 } : undefined;
	const answers = await ask([...frames.flatMap(queriesOf), ...(anchor ? [anchor] : [])], signal);
	const tree = objects.sourceTree ?? (anchor && treeOf(answers.get(keyOf(anchor))));

	const expand = (frame: Frame): Frame[] => {
		const found = queriesOf(frame)
			.map((query) => answers.get(keyOf(query)) ?? [])
			.filter((levels) => levels.length > 0);
		const [levels] = found;
		const isAmbiguous = new Set(found.map((all) => JSON.stringify(all))).size > 1;
		const outer = levels?.at(-1);
		if (!levels || !outer || isAmbiguous) return [frame];
		const inner = levels.slice(0, -1).map((level) => ({
			function: level.function,
			file: sourcePath(level.file, tree),
			line: level.line,
			...(frame.module !== undefined && { module: frame.module }),
			...(frame.unreliable && { unreliable: true }),
			inlined: true,
		}));
		return [...inner, { ...frame, file: sourcePath(outer.file, tree), line: outer.line }];
	};
	const symbolized = splats.map((splat) => ({
		...splat,
		stacks: splat.stacks.map((stack) => ({ ...stack, frames: stack.frames.flatMap(expand) })),
	}));
	return tree === undefined ? symbolized : withSourceLines(symbolized, tree);
}

const moduleName = (name: string) => name.replaceAll('-', '_');

const keyOf = ({ object, place, offset }: Query) => `${object}\n${place.section}\n${place.address + BigInt(offset)}`;

/** Where the tree begins, by the path of start_kernel. */
function treeOf(levels: readonly SourceLevel[] | undefined): string | undefined {
	const file = levels?.at(-1)?.file;
	const path = file === undefined ? undefined : sourcePath(file, undefined);
	return path?.endsWith('/init/main.c') ? path.slice(0, -'/init/main.c'.length) : undefined;
}

/** Asks addr2line, once for each object and, where addresses are relative to their section, each section. */
async function ask(queries: readonly Query[], signal: AbortSignal | undefined): Promise<Map<string, SourceLevel[]>> {
	const batches = new Map<string, Map<string, Query>>();
	for (const query of queries) {
		const name = `${query.object}\n${query.object.endsWith('.ko') || query.object.endsWith('.o') ? query.place.section : ''}`;
		const batch = batches.get(name) ?? new Map<string, Query>();
		batches.set(name, batch.set(keyOf(query), query));
	}
	const answers = new Map<string, SourceLevel[]>();
	for (const [name, batch] of batches) {
		const [object = '', section = ''] = name.split('\n');
		const input = [...batch.values()].map(({ place, offset }) => `0x${(place.address + BigInt(offset)).toString(16)}\n`).join('');
		const args = ['-a', '-f', '-i', '-e', object, ...(section === '' ? [] : ['-j', section])];
		const results = readAddr2line((await exec('addr2line', args, { input, signal, env: { LC_ALL: 'C' }, detached: true })).stdout);
		[...batch.keys()].forEach((key, index) => {
			answers.set(key, results[index] ?? []);
		});
	}
	return answers;
}
