/** A source's tree brought to what the source says: its commit, its copy of the user's folder, its series. */

import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InfraError, UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { hashOf } from '../util/hash.ts';
import { checkOut, type GitCommit, isAt } from './git.ts';
import { putSeries, readSeries, refreshOriginals } from './series.ts';
import { type KernelSource, lockTree, type SourceOptions } from './source.ts';

type PrepareOptions = Pick<SourceOptions, 'signal' | 'onProgress'>;

/** Brings a clone of ours to `commit`, taking a series off first where it has to move. The caller holds the tree's lock. */
export async function moveTo(tree: string, commit: GitCommit, options: PrepareOptions): Promise<void> {
	if (await isAt(tree, commit)) return;
	await putSeries(tree, [], options.signal);
	await checkOut(tree, commit, options);
}

/** Does nothing to a folder of the user's. Refs and series share one tree per source, so call this before each build, holding the tree's lock. */
export async function prepareTree(source: KernelSource, options: PrepareOptions): Promise<void> {
	if (!source.isOurs) return;
	if (source.commit) await moveTo(source.tree, source.commit, options);
	if (source.follows !== undefined) await copyTree(source.follows, source.tree, options);
	await putSeries(source.tree, source.patches, options.signal);
}

/**
 * The source with a series on top, applied to a tree of ours; a folder of the user's is copied into the cache first.
 * A file that is no patch is a UserError, a patch that does not apply a KernelError that names file and hunk.
 */
export async function applySeries(source: KernelSource, patchFiles: readonly string[], options: SourceOptions): Promise<KernelSource> {
	if (patchFiles.length === 0) return source;
	const patches = await readSeries(patchFiles);
	const name = source.isOurs ? source.name : `${source.name}-copy`;
	const tree = source.isOurs ? source.tree : join(options.cacheDir, 'sources', name);
	const patched: KernelSource = {
		...source,
		name,
		tree,
		isOurs: true,
		origin: `${source.origin} + ${patches.map((patch) => basename(patch.file)).join(' + ')}`,
		patches,
		...(!source.isOurs && { follows: source.tree }),
	};
	await using _held = await lockTree(tree, options);
	await prepareTree(patched, options);
	return patched;
}

/** Equal for equal content of the tree, for sources whose content nobody else can change; undefined for the others. */
export function contentKey(source: KernelSource): string | undefined {
	if (!source.isOurs || source.follows !== undefined) return undefined;
	return hashOf(source.name, source.commit?.id ?? '', ...source.patches.map((patch) => patch.text));
}

async function copyTree(from: string, to: string, options: PrepareOptions): Promise<void> {
	options.onProgress?.({ detail: `copying ${from}` });
	await mkdir(to, { recursive: true });
	const patched = await refreshOriginals(to, from);
	const excludes = ['.git', ...patched].map((path) => `--exclude=/${path}`);
	await exec('rsync', ['--archive', '--delete', ...excludes, `${from}/`, `${to}/`], { signal: options.signal }).catch((error: unknown) => {
		if (error instanceof InfraError && error.message.includes('is not installed'))
			throw new UserError('a patch on a directory needs rsync, which is not installed', { hint: 'apt-get install rsync', cause: error });
		throw error;
	});
}
