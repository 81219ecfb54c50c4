/**
 * Files that kbuild, which goes by times, would not see to be others than it built from: they came with an old time (rsync -a, cp -p, mv), or
 * were saved while make was at work.
 */

import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';
import { madeFrom } from './cmd-file.ts';
import type { Change } from './listing.ts';
import { isKernelInput } from './watched-paths.ts';

// An editor writes a file, then renames it; nothing is built in between.
const renamedS = 1;

/** Paths of a listing (see listing.ts) that were put there later than they claim, with when, in seconds; of `changed` only, where that is known. */
export function backdatedIn(listing: string, changed?: ReadonlyMap<string, unknown>): ReadonlyMap<string, number> {
	const found = new Map<string, number>();
	// "f4 1732.1 1733.2 4711 fs/x.c\t"
	for (const [, modified, put, path = ''] of listing.matchAll(/(?:^|\0)!?f\d+ (\S+) (\S+) \S+ ([^\t\0]*)/g))
		if (Number(modified) < Number(put) - renamedS && (changed?.has(path) ?? true)) found.set(path, Number(put));
	return found;
}

/** Whether kbuild reads it anew each time, or never. */
function hasNoObject(path: string): boolean {
	return /(?:^|\/)(?:Kconfig|Makefile|Kbuild)[^/]*$|^Documentation\/|^MAINTAINERS$/.test(path);
}

/** More files than this are looked up no faster than everything is built. */
const mostFiles = 50;

/**
 * Removes the .cmd files of what was built from `backdated` before these came, so that kbuild builds it anew; those of all that was built
 * before, where it is not known what that is. Nothing in the tree is touched.
 */
export async function forgetStale(
	backdated: ReadonlyMap<string, number>,
	{ tree, output }: { readonly tree: string; readonly output: string },
	signal?: AbortSignal,
): Promise<void> {
	const wanted = new Map([...backdated].filter(([path]) => !hasNoObject(path)));
	if (wanted.size === 0 || !(await exists(output))) return;
	const made = wanted.size > mostFiles ? undefined : await madeFrom([...wanted.keys()], { tree, output }, signal);
	if (!made || [...made.values()].some((targets) => targets.length === 0)) {
		const last = `@${Math.max(...wanted.values())}`;
		await exec('find', [output, '-name', '.*.cmd', '!', '-newermt', last, '-delete'], { signal });
		return;
	}
	for (const [path, putS] of wanted)
		for (const { cmdFile } of made.get(path) ?? []) {
			const file = join(output, cmdFile);
			const builtMs = (await stat(file).catch(() => undefined))?.mtimeMs;
			if (builtMs !== undefined && builtMs <= putS * 1000) await rm(file);
		}
}

/**
 * Removes the .cmd files of what was built from a file that was written while make was at work, so that the next make builds it anew: a
 * compiler may have read the file before, and its object is newer all the same. Returns those files, but for new ones, which nothing was
 * built from.
 */
export async function forgetMoved(
	changes: ReadonlyMap<string, Change>,
	{ tree, output }: { readonly tree: string; readonly output: string },
): Promise<string[]> {
	const moved = [...changes]
		.filter(([path, change]) => change !== 'new' && isKernelInput(path) && !hasNoObject(path))
		.map(([path]) => path);
	if (moved.length > mostFiles) await exec('find', [output, '-name', '.*.cmd', '-delete']);
	else if (moved.length > 0)
		for (const targets of (await madeFrom(moved, { tree, output })).values())
			for (const { cmdFile } of targets) await rm(join(output, cmdFile), { force: true });
	return moved;
}
