/** Which modules to load and in which order, from the dependencies the build recorded. */

import { UnmetError } from '../util/errors.ts';
import { didYouMean } from '../util/text.ts';

export interface ModuleNode {
	/** With `_`, as /proc/modules has it. */
	readonly name: string;
	readonly depends: readonly string[];
}

export interface LoadPlan<M extends ModuleNode> {
	/** Each after all it depends on. */
	readonly load: readonly M[];
	/** Optional ones (`?name`) this kernel does not have. */
	readonly absent: readonly string[];
}

/** insmod, modprobe and lsmod treat `-` and `_` in names alike; /proc/modules has `_`. */
export function moduleName(text: string): string {
	return text.replaceAll('-', '_');
}

/**
 * The closure of `wanted` in load order: dependencies first, otherwise as asked. `?name` may be absent; a name in
 * `builtins` needs no loading. An unknown name is an UnmetError with near names.
 */
export function loadOrder<M extends ModuleNode>(
	modules: readonly M[],
	wanted: readonly string[],
	builtins: readonly string[] = [],
): LoadPlan<M> {
	const byName = new Map(modules.map((module) => [moduleName(module.name), module]));
	const isBuiltin = new Set(builtins.map(moduleName));
	const load: M[] = [];
	const state = new Map<string, 'visiting' | 'done'>();
	const visit = (name: string, path: readonly string[]) => {
		const module = byName.get(name);
		if (state.get(name) === 'done' || (!module && isBuiltin.has(name))) return;
		if (state.get(name) === 'visiting') throw new Error(`modules depend on each other: ${[...path, name].join(' -> ')}`);
		if (!module) throw new UnmetError(`${path.at(-1)} depends on ${name}, which was not built`);
		state.set(name, 'visiting');
		for (const dependency of module.depends) visit(moduleName(dependency), [...path, name]);
		state.set(name, 'done');
		load.push(module);
	};
	const absent: string[] = [];
	for (const entry of wanted) {
		const isOptional = entry.startsWith('?');
		const name = moduleName(isOptional ? entry.slice(1) : entry);
		if (byName.has(name) || isBuiltin.has(name)) visit(name, []);
		else if (isOptional) absent.push(name);
		else
			throw new UnmetError(`this kernel has no module "${entry}"`, {
				hint: didYouMean(name, [...byName.keys()]) ?? `write ?${entry} if a kernel may lack it, or ask for it under needs.kconfig`,
			});
	}
	return { load, absent };
}
