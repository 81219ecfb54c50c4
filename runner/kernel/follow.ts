/** A copy of ours of a user's folder, kept up to date: only what changed is written, and that is newer than whatever was built before. */

import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InfraError, UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists, writeWhole } from '../util/files.ts';
import { bring } from './bring.ts';
import { changesBetween, listFolder } from './listing.ts';
import { refreshOriginals } from './series.ts';

interface FollowOptions {
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: (progress: { readonly detail: string }) => void;
}

/**
 * Makes `tree` a copy of `from` (without its `.git`), but for the files of a series on it, of which the originals are renewed. The caller
 * holds the tree's lock. A file taken back to an older version is new to make all the same: its copy gets the time of the copying.
 */
export async function followFolder(from: string, tree: string, options: FollowOptions): Promise<void> {
	const record = `${tree}.followed`;
	const now = await listFolder(from, { signal: options.signal });
	const before = (await exists(tree)) ? await readFile(record, 'utf8').catch(() => undefined) : undefined;
	const changes = before === undefined ? undefined : changesBetween(before, now);
	if (changes?.size === 0) return;
	// Absent while the copy is being changed: after a kill everything is compared.
	await rm(record, { force: true });
	const kept = new Set(await refreshOriginals(tree, from));
	if (changes) {
		// What is gone goes first: a folder may stand where a file was.
		const paths = [...changes].sort(([, a], [, b]) => Number(b === 'gone') - Number(a === 'gone')).map(([path]) => path);
		for (const path of paths) if (!kept.has(path)) await bring(join(from, path), join(tree, path));
	} else await copyWhole(from, tree, [...kept], options);
	await writeWhole(record, now);
}

async function copyWhole(from: string, tree: string, kept: readonly string[], { signal, onProgress }: FollowOptions): Promise<void> {
	onProgress?.({ detail: `copying ${from}` });
	await mkdir(tree, { recursive: true });
	const excludes = ['.git', ...kept].map((path) => `--exclude=/${path}`);
	const how = ['--archive', '--no-times', '--checksum', '--delete'];
	await exec('rsync', [...how, ...excludes, `${from}/`, `${tree}/`], { signal }).catch((error: unknown) => {
		if (error instanceof InfraError && error.message.includes('is not installed'))
			throw new UserError('a patch on a directory needs rsync, which is not installed', { hint: 'apt-get install rsync', cause: error });
		throw error;
	});
}
