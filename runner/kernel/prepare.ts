/** A source's tree brought to what the source says: its commit, its copy of the user's folder, its series. */

import { join } from 'node:path';
import { hashOf } from '../util/hash.ts';
import { followFolder } from './follow.ts';
import { checkOut, copyFromCommit, isAt } from './git.ts';
import { isTelling, listFolder } from './listing.ts';
import type { Patch } from './patch.ts';
import { originalsIn, putSeries } from './series.ts';
import { type KernelSource, lockTree, type SourceOptions } from './source.ts';
import { checkSeries, copyFiles } from './stage-series.ts';

type PrepareOptions = Pick<SourceOptions, 'signal' | 'onProgress'>;

/** Does nothing to a folder of the user's. Refs and series share one tree per source, so call this before each build, holding the tree's lock. */
export async function prepareTree(source: KernelSource, options: PrepareOptions): Promise<void> {
	if (!source.isOurs) return;
	if (source.commit && !(await isAt(source.tree, source.commit))) {
		await putSeries(source.tree, [], options.signal);
		await checkOut(source.tree, source.commit, options);
	}
	if (source.follows !== undefined) await followFolder(source.follows, source.tree, options);
	await putSeries(source.tree, source.patches, options.signal);
}

/**
 * The source with a series on top; the tree is not touched yet, but the series is known to apply. A folder of the user's will be copied
 * into the cache. A patch that does not apply is a KernelError that names file and hunk.
 */
export async function applySeries(source: KernelSource, patches: readonly Patch[], options: SourceOptions): Promise<KernelSource> {
	if (patches.length === 0) return source;
	if (source.commit) await checkSeries(patches, copyFromCommit(source.commit, options.signal), options.signal);
	else if (source.isOurs) {
		await using _held = await lockTree(source.tree, options);
		await checkSeries(patches, await originalsIn(source.tree), options.signal);
	} else
		await checkSeries(
			patches,
			copyFiles((path) => join(source.tree, path)),
			options.signal,
		);
	const name = source.isOurs ? source.name : `${source.name}-copy`;
	return {
		...source,
		name,
		tree: source.isOurs ? source.tree : join(options.cacheDir, 'sources', name),
		isOurs: true,
		origin: `${source.origin} + ${patches.map((patch) => patch.name).join(' + ')}`,
		patches,
		...(!source.isOurs && { follows: source.tree }),
	};
}

export interface ContentKeys {
	/** Of the source. */
	readonly own: string;
	/** Of the same source without its series. */
	readonly plain: string;
}

/**
 * Equal for equal content of the tree. A folder of the user's has them as long as it is not touched: others after any change, be it to and
 * fro, and none (undefined) while its files do not tell; see isTelling.
 */
export async function contentKeys(source: KernelSource, signal?: AbortSignal): Promise<ContentKeys | undefined> {
	const folder = source.isOurs ? source.follows : source.tree;
	const listing = folder === undefined ? undefined : await listFolder(folder, { signal });
	if (listing !== undefined && !isTelling(listing)) return undefined;
	const base = folder === undefined || listing === undefined ? [source.name, source.commit?.id ?? ''] : [folder, listing];
	const plain = hashOf(...base);
	return { plain, own: source.patches.length === 0 ? plain : hashOf(plain, ...source.patches.map((patch) => patch.text)) };
}
