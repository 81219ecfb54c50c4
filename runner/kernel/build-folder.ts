/** A build folder and the tree it is built from, locked; and at a kernel of before again, for what is compiled against it. */

import { InfraError } from '../util/errors.ts';
import { lock } from '../util/lock.ts';
import { Scope } from '../util/scope.ts';
import { builtAs } from './folder-state.ts';
import { contentKeys, prepareTree } from './prepare.ts';
import { type KernelSource, lockTree } from './source.ts';
import type { BuildProgress } from './steps.ts';

export interface BuildFolder {
	readonly source: KernelSource;
	readonly configName: string;
	readonly output: string;
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
}

/** A kernel that was built in a folder. */
export interface BuiltThere {
	/** Of the artefact. */
	readonly id: string;
	/** Of its source then (see contentKeys), where that is known. */
	readonly content: string | undefined;
}

/** The tree, if it is ours, and the build folder, in this order. */
export async function lockFolder({ source, output, configName, signal, onProgress }: BuildFolder): Promise<Scope> {
	const scope = new Scope();
	try {
		if (source.isOurs) scope.use(await lockTree(source.tree, { signal, ...(onProgress && { onProgress }) }));
		const onWait = () => onProgress?.({ detail: `waiting for another crucible that builds ${configName}` });
		scope.use(await lock(`${output}.lock`, { signal, onWait }));
		return scope;
	} catch (error) {
		await scope[Symbol.asyncDispose]();
		throw error;
	}
}

/** Locks the folder with a kernel in it, and the tree it was built from; `make` builds it again where the folder is at another. Throws as buildKernel's holdFolder. */
export async function holdFolder(
	folder: BuildFolder,
	{ id, content }: BuiltThere,
	make: () => Promise<{ readonly id: string }>,
): Promise<AsyncDisposable> {
	const { source, output, signal } = folder;
	const locks = await lockFolder(folder);
	const elsewhere = (what: string) => new InfraError(`${output} was built from another state of its source meanwhile: ${what}`);
	try {
		if ((await builtAs(output)) === id && content !== undefined) {
			// The tree may have been taken elsewhere since: modules are compiled with its headers.
			await prepareTree(source, { signal });
			if ((await contentKeys(source, signal))?.own === content) return locks;
			throw elsewhere(`${source.follows ?? source.tree} was changed since it came to ${id}`);
		}
		const made = await make();
		if (made.id === id) return locks;
		throw elsewhere(`it came to ${made.id}, not to ${id}`);
	} catch (error) {
		await locks[Symbol.asyncDispose]();
		throw error;
	}
}
