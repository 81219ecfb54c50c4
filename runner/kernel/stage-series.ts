/** Patches applied to copies of the files they touch, in a folder of their own: what a tree is to become, or whether it can. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KernelError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';
import { bring } from './bring.ts';
import { hunksOf, nearestContext } from './nearest-context.ts';
import type { Patch } from './patch.ts';

/** Puts those of `paths` that a tree has into `folder`, as they are without any patch. */
export type CopyOriginals = (paths: readonly string[], folder: string) => Promise<void>;

/** Where a file is, for an original that lies somewhere; undefined where the tree has none. */
export function copyFiles(find: (path: string) => string | undefined): CopyOriginals {
	return async (paths, folder) => {
		for (const path of paths) await bring(find(path), join(folder, path));
	};
}

/** Every path that some of the patches touches. */
export function touchedBy(patches: readonly Patch[]): string[] {
	return [...new Set(patches.flatMap((patch) => patch.touches))];
}

/** Fills the empty folder `stage` with the touched files as the series leaves them. A patch that does not apply is a KernelError that names file and hunk. */
export async function stageSeries(
	stage: string,
	patches: readonly Patch[],
	copyOriginals: CopyOriginals,
	signal?: AbortSignal,
): Promise<void> {
	await copyOriginals(touchedBy(patches), stage);
	for (const patch of patches) await applyTo(stage, patch, signal);
}

/** Throws what stageSeries would throw, and leaves nothing behind. */
export async function checkSeries(patches: readonly Patch[], copyOriginals: CopyOriginals, signal?: AbortSignal): Promise<void> {
	const stage = await mkdtemp(join(tmpdir(), 'crucible-series-'));
	try {
		await stageSeries(stage, patches, copyOriginals, signal);
	} finally {
		await rm(stage, { recursive: true, force: true });
	}
}

async function applyTo(stage: string, patch: Patch, signal?: AbortSignal): Promise<void> {
	const { name } = patch;
	for (const path of patch.needs)
		if (!(await exists(join(stage, path))))
			throw new KernelError('build', `${name} does not apply: this kernel has no ${path}`, [`${patch.file}: --- a/${path}`]);
	const options = ['--strip=1', '--fuzz=0', '--forward', '--batch', '--no-backup-if-mismatch', '--reject-file=-'];
	const result = await exec('patch', [...options, '--directory', stage], {
		input: patch.text,
		allowFailure: true,
		signal,
		env: { LC_ALL: 'C', POSIXLY_CORRECT: undefined },
	});
	if (result.exitCode === 0) return;
	const log = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
	throw new KernelError('build', `${name} does not apply: ${whereFailed(log)}`, [...log, ...(await nearest(stage, patch, log))]);
}

/** What the first hunk that failed may have been meant for. */
async function nearest(stage: string, patch: Patch, log: readonly string[]): Promise<string[]> {
	const [, path, number] = /^(.+), hunk (\d+) at line \d+$/.exec(whereFailed(log)) ?? [];
	if (path === undefined) return [];
	const hunk = hunksOf(patch.text, path)[Number(number) - 1];
	const text = await readFile(join(stage, path), 'utf8').catch(() => undefined);
	return hunk && text !== undefined ? nearestContext(text, hunk, path) : [];
}

/** `fs/cachefiles/volume.c, hunk 2 at line 45` out of what patch(1) printed. */
export function whereFailed(log: readonly string[]): string {
	let file = 'an unknown file';
	for (const line of log) {
		// "patching file fs/cachefiles/volume.c"
		file = /^(?:patching|checking) file '?(.+?)'?$/.exec(line)?.[1] ?? file;
		// "Hunk #2 FAILED at 45 (different line endings)."
		const hunk = /^Hunk #(\d+) FAILED at (\d+)/.exec(line);
		if (hunk) return `${file}, hunk ${hunk[1]} at line ${hunk[2]}`;
		// "Reversed (or previously applied) patch detected!  Skipping patch."
		if (line.startsWith('Reversed (or previously applied)')) return `${file} has that change already`;
	}
	return log.at(-1) ?? 'patch gave no reason';
}
