/** A series of patches on top of a tree of ours: applied, changed and taken off again, writing only the files that differ. */

import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, writeWhole } from '../util/files.ts';
import { bring } from './bring.ts';
import type { Patch } from './patch.ts';
import { type CopyOriginals, copyFiles, stageSeries, touchedBy } from './stage-series.ts';

/** What `<tree>.series/state.json` holds: the files whose originals are kept in `<tree>.series/originals/`. */
interface State {
	readonly originals: Readonly<Record<string, 'kept' | 'absent'>>;
}

/**
 * Brings `tree` to its original plus `patches`; an empty series restores the original. Files that come out as they are
 * keep their times, so the next build is a small one. The originals are kept before anything is changed, so a kill at
 * any point is mended by the next call. A patch that does not apply is a KernelError and leaves the tree as it was.
 * The caller holds the tree's lock.
 */
export async function putSeries(tree: string, patches: readonly Patch[], signal?: AbortSignal): Promise<void> {
	const { home, stateFile, state } = await readState(tree);
	const touched = new Set(touchedBy(patches));
	if (touched.size === 0 && Object.keys(state.originals).length === 0) return;

	const stage = join(home, 'stage');
	await rm(stage, { recursive: true, force: true });
	await mkdir(stage, { recursive: true });
	try {
		await stageSeries(stage, patches, await originalsIn(tree), signal);
		const originals: Record<string, 'kept' | 'absent'> = { ...state.originals };
		for (const path of touched) {
			if (originals[path]) continue;
			await bring(join(tree, path), join(home, 'originals', path));
			originals[path] = (await exists(join(tree, path))) ? 'kept' : 'absent';
		}
		await writeWhole(stateFile, JSON.stringify({ originals } satisfies State));
		for (const path of Object.keys(originals)) {
			const from = touched.has(path) ? join(stage, path) : originals[path] === 'kept' ? join(home, 'originals', path) : undefined;
			await bring(from, join(tree, path));
		}
		const left = Object.fromEntries(Object.entries(originals).filter(([path]) => touched.has(path)));
		await writeWhole(stateFile, JSON.stringify({ originals: left } satisfies State));
		for (const path of Object.keys(originals)) if (!touched.has(path)) await rm(join(home, 'originals', path), { force: true });
	} finally {
		await rm(stage, { recursive: true, force: true });
	}
}

/** The tree's files as they are without its series. The caller holds the tree's lock. */
export async function originalsIn(tree: string): Promise<CopyOriginals> {
	const { home, state } = await readState(tree);
	return copyFiles((path) => {
		const kept = state.originals[path];
		return kept === 'absent' ? undefined : kept === 'kept' ? join(home, 'originals', path) : join(tree, path);
	});
}

/** Renews the kept originals of a tree that copies the folder `from`; returns the paths that are kept, whose copies are not to be overwritten. */
export async function refreshOriginals(tree: string, from: string): Promise<string[]> {
	const { home, stateFile, state } = await readState(tree);
	const paths = Object.keys(state.originals);
	const originals: Record<string, 'kept' | 'absent'> = {};
	for (const path of paths) {
		await bring(join(from, path), join(home, 'originals', path));
		originals[path] = (await exists(join(from, path))) ? 'kept' : 'absent';
	}
	if (paths.length > 0) await writeWhole(stateFile, JSON.stringify({ originals } satisfies State));
	return paths;
}

async function readState(tree: string): Promise<{ home: string; stateFile: string; state: State }> {
	const home = `${tree}.series`;
	const stateFile = join(home, 'state.json');
	const state: State = (await exists(stateFile)) ? JSON.parse(await readFile(stateFile, 'utf8')) : { originals: {} };
	return { home, stateFile, state };
}
