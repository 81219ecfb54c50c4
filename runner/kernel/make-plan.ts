/** How much of a build a change asks for. Kbuild decides what is stale; this leaves out only what cannot be. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../util/files.ts';
import { madeFrom } from './cmd-file.ts';
import type { FolderState } from './folder-state.ts';
import { type Change, changesBetween } from './listing.ts';
import { productsOf, sameProducts } from './products.ts';

/** A build folder, and the tree as it is now. */
export interface Scene {
	readonly tree: string;
	readonly output: string;
	/** Of the tree; see listing.ts. */
	readonly listing: string;
	readonly tools: string;
	readonly folder: FolderState | undefined;
	readonly signal?: AbortSignal | undefined;
}

export interface MakePlan {
	/** What differs from what the last build saw; undefined where that is not known. */
	readonly changes: ReadonlyMap<string, Change> | undefined;
	/** The .config is what the same requests would make of this tree. */
	readonly isConfigured: boolean;
	/** Nothing that is built in, or that what is built in is made with, can be stale: only modules are to be built. */
	readonly isForModules: boolean;
}

/** Looks at what changed; where anything is in doubt, all is to be done. */
export async function planMake(scene: Scene): Promise<MakePlan> {
	const { folder, tools, output } = scene;
	const everything = { isConfigured: false, isForModules: false };
	if (folder?.listing === undefined) return { changes: undefined, ...everything };
	const changes = changesBetween(folder.listing, scene.listing);
	const isIntact = folder.since !== 'all' && folder.tools === tools && (await isUntouched(scene, folder));
	const isConfigured = isIntact && [...changes.keys()].every(isNoConfiguration);
	if (!isConfigured) return { changes, ...everything };
	const isForModules =
		(await exists(join(output, 'modules.order'))) && !(await hasHiddenInputs(output)) && (await reachesModulesOnly(changes, scene));
	return { changes, isConfigured, isForModules };
}

/** Nobody but make was in the folder, and since its last end not even make was at vmlinux or .config. */
async function isUntouched({ output }: Scene, folder: FolderState): Promise<boolean> {
	const boot = Object.keys(folder.products).some((name) => name.endsWith('bzImage')) ? 'bzImage' : 'vmlinux';
	const now = await productsOf(output, boot).catch(() => undefined);
	if (now === undefined) return false;
	const same = sameProducts(folder.products, now);
	return Object.keys(folder.products).every((name) => same.has(name) || (name.endsWith('.ko') && folder.since === 'modules'));
}

/** Whether kconfig reads none of it: neither by `source` nor in the scripts it runs. */
export function isNoConfiguration(path: string): boolean {
	return /\.(?:[chS]|rst)$/.test(path) && !/^(?:scripts|tools)\//.test(path);
}

/** Options that put into vmlinux what no .cmd file tells: all headers as an archive, and only those symbols that some module wants. */
async function hasHiddenInputs(output: string): Promise<boolean> {
	return /^CONFIG_(?:IKHEADERS|TRIM_UNUSED_KSYMS)=/m.test(await readFile(join(output, '.config'), 'utf8'));
}

/** More files than this are looked up no faster than make does it. */
const mostFiles = 50;

/** Whether every change is one of the text of a C file or header that objects of modules are made from, and nothing else. */
async function reachesModulesOnly(changes: ReadonlyMap<string, Change>, { tree, output, signal }: Scene): Promise<boolean> {
	if (changes.size === 0 || changes.size > mostFiles) return false;
	for (const [path, change] of changes) if (change !== 'changed' || !/\.[ch]$/.test(path)) return false;
	const made = await madeFrom([...changes.keys()], { tree, output }, signal);
	return [...made.values()].every((targets) => targets.length > 0 && targets.every(({ isForModule }) => isForModule));
}
