/** A series of patches on top of a tree of ours: applied, changed and taken off again, writing only the files that differ. */

import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KernelError, UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists, writeWhole } from '../util/files.ts';
import { type Patch, parsePatch } from './patch.ts';

/** What `<tree>.series/state.json` holds: the files whose originals are kept in `<tree>.series/originals/`. */
interface State {
	readonly originals: Readonly<Record<string, 'kept' | 'absent'>>;
}

/** Reads patch files in the order they are to be applied. Unreadable ones and ones that are no patch are UserErrors. */
export async function readSeries(files: readonly string[]): Promise<Patch[]> {
	return Promise.all(
		files.map(async (file) => {
			const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
				throw new UserError(`cannot read the patch: ${error.code ?? error.message}`, {
					at: { file },
					hint: 'check the path given to --patch',
				});
			});
			return parsePatch(file, text);
		}),
	);
}

/**
 * Brings `tree` to its original plus `patches`; an empty series restores the original. Files that come out as they are
 * keep their times, so the next build is a small one. The originals are kept before anything is changed, so a kill at
 * any point is mended by the next call. A patch that does not apply is a KernelError and leaves the tree as it was.
 * The caller holds the tree's lock.
 */
export async function putSeries(tree: string, patches: readonly Patch[], signal?: AbortSignal): Promise<void> {
	const { home, stateFile, state } = await readState(tree);
	const touched = new Set(patches.flatMap((patch) => patch.touches));
	if (touched.size === 0 && Object.keys(state.originals).length === 0) return;

	const original = (path: string) => {
		const kept = state.originals[path];
		return kept === 'absent' ? undefined : kept === 'kept' ? join(home, 'originals', path) : join(tree, path);
	};
	const stage = join(home, 'stage');
	await rm(stage, { recursive: true, force: true });
	await mkdir(stage, { recursive: true });
	try {
		for (const path of touched) {
			const from = original(path);
			if (from !== undefined && (await exists(from))) await copyInto(stage, path, from);
		}
		for (const patch of patches) await applyTo(stage, patch, signal);

		const originals: Record<string, 'kept' | 'absent'> = { ...state.originals };
		for (const path of touched) {
			if (originals[path]) continue;
			const isThere = await exists(join(tree, path));
			if (isThere) await copyInto(join(home, 'originals'), path, join(tree, path));
			originals[path] = isThere ? 'kept' : 'absent';
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

/** Renews the kept originals of a tree that copies the folder `from`; returns the paths that are kept, whose copies are not to be overwritten. */
export async function refreshOriginals(tree: string, from: string): Promise<string[]> {
	const { home, stateFile, state } = await readState(tree);
	const paths = Object.keys(state.originals);
	const originals: Record<string, 'kept' | 'absent'> = {};
	for (const path of paths) {
		const isThere = await exists(join(from, path));
		if (isThere) await copyInto(join(home, 'originals'), path, join(from, path));
		originals[path] = isThere ? 'kept' : 'absent';
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

async function copyInto(folder: string, path: string, from: string): Promise<void> {
	const to = join(folder, path);
	await mkdir(dirname(to), { recursive: true });
	await copyFile(from, to);
}

/** Makes `to` equal to `from` (absent when undefined or missing) without touching what is equal already. */
async function bring(from: string | undefined, to: string): Promise<void> {
	const wanted = from === undefined ? undefined : await readFile(from).catch(() => undefined);
	const present = await readFile(to).catch(() => undefined);
	if (from === undefined || wanted === undefined) {
		if (present) await rm(to);
		return;
	}
	const { mode } = await stat(from);
	if (!present?.equals(wanted)) await writeWhole(to, wanted, mode & 0o777);
}

async function applyTo(stage: string, patch: Patch, signal?: AbortSignal): Promise<void> {
	const name = basename(patch.file);
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
	throw new KernelError('build', `${name} does not apply: ${whereFailed(log)}`, log);
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
