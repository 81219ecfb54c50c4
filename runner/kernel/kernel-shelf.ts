/** The artefacts in the cache: found by what they were built from, kept from being removed while used, and removed when they are too much. */

import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../util/exec.ts';
import { asideName, exists, writeWhole } from '../util/files.ts';
import { lock, tryLock } from '../util/lock.ts';
import { type ArtefactOrigin, type KernelArtefact, loadArtefact, recordName } from './artefact.ts';
import { readWarnings, saveWarnings, type Warning } from './warnings.ts';

/** Where artefacts are. */
export const shelfDir = (cacheDir: string) => join(cacheDir, 'kernels');
/** Modules of our own, each in a folder that begins with the id of the artefact it was built for. */
export const ownModulesDir = (cacheDir: string) => join(cacheDir, 'modules');
// On the shelf itself, so that whoever removes it removes all: which key was built to what, and who uses what.
const indexDir = (cacheDir: string) => join(shelfDir(cacheDir), '.built');
const lockFile = (cacheDir: string, id: string) => join(shelfDir(cacheDir), '.in-use', id);

/** An artefact that stays until it is disposed of. */
export interface HeldArtefact extends AsyncDisposable {
	readonly artefact: KernelArtefact;
}

/** Holds an artefact, and counts as a use of it; undefined when it is not there. */
export async function holdArtefact(
	cacheDir: string,
	id: string,
	from: ArtefactOrigin,
	signal?: AbortSignal,
): Promise<HeldArtefact | undefined> {
	const dir = join(shelfDir(cacheDir), id);
	// Before the lock's file is made, so that asking for what is not there leaves nothing.
	if (!(await loadArtefact(dir, from))) return undefined;
	const held = await lock(lockFile(cacheDir, id), { isShared: true, signal });
	const artefact = await loadArtefact(dir, from);
	if (!artefact) {
		await held[Symbol.asyncDispose]();
		return undefined;
	}
	const now = new Date();
	await utimes(join(dir, recordName), now, now);
	return { artefact, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
}

/** The id of what was built under `key`, which says content, configuration and toolchain; it may be gone from the shelf. */
export async function builtUnder(cacheDir: string, key: string): Promise<string | undefined> {
	return readFile(join(indexDir(cacheDir), key), 'utf8').catch(() => undefined);
}

/** What the compiler warned of in what was built under `key`; undefined when that is not known. */
export function warningsUnder(cacheDir: string, key: string): Promise<readonly Warning[] | undefined> {
	return readWarnings(join(indexDir(cacheDir), `${key}.warnings`));
}

/** Remembers what was built under `key`, and what the compiler warned of. */
export async function recordBuilt(cacheDir: string, key: string, id: string, warnings: readonly Warning[] = []): Promise<void> {
	await saveWarnings(join(indexDir(cacheDir), `${key}.warnings`), warnings);
	await writeWhole(join(indexDir(cacheDir), key), id);
}

/** An artefact as far as room goes. Files that several artefacts share are one inode. */
export interface Shelved {
	readonly id: string;
	readonly usedMs: number;
	readonly files: readonly { readonly inode: string; readonly bytes: number }[];
}

/** Bytes on disk, each file counted once. */
export function bytesOf(shelf: readonly Shelved[]): number {
	const sizes = new Map(shelf.flatMap(({ files }) => files.map(({ inode, bytes }) => [inode, bytes] as const)));
	return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * Removes artefacts that nobody uses, the least recently used first, until they take at most `limitBytes`; with them goes what they were
 * built from and what was built for them. Returns their ids.
 */
export async function trimShelf(cacheDir: string, limitBytes: number): Promise<string[]> {
	const dir = shelfDir(cacheDir);
	// One look that is cheap, since this is done after every build.
	const used = await exec('du', ['--summarize', '--block-size=1', dir], { allowFailure: true });
	if (Number.parseInt(used.stdout, 10) <= limitBytes) return [];
	for (const name of await readdir(dir)) if (name.startsWith('.aside-')) await rm(join(dir, name), { recursive: true, force: true });
	const shelf = await readShelf(dir);
	const left = new Map(shelf.map((one) => [one.id, one]));
	const removed: string[] = [];
	for (const { id } of [...shelf].sort((a, b) => a.usedMs - b.usedMs)) {
		if (bytesOf([...left.values()]) <= limitBytes) break;
		await using held = await tryLock(lockFile(cacheDir, id));
		if (!held) continue;
		left.delete(id);
		// Somebody else may have been at it.
		if (!(await exists(join(dir, id)))) continue;
		// First out of the way, so that nobody finds a part of it.
		const aside = asideName(join(dir, id));
		await rename(join(dir, id), aside);
		await rm(aside, { recursive: true, force: true });
		removed.push(id);
	}
	await forget(cacheDir, removed);
	return removed;
}

async function readShelf(dir: string): Promise<Shelved[]> {
	const ids = (await readdir(dir)).filter((name) => !name.startsWith('.'));
	return (await Promise.all(ids.map((id) => readShelved(dir, id)))).filter((one) => one !== undefined);
}

/** undefined when another crucible removes it as we look. */
async function readShelved(dir: string, id: string): Promise<Shelved | undefined> {
	try {
		const record = await stat(join(dir, id, recordName)).catch(() => undefined);
		const paths = (await readdir(join(dir, id), { recursive: true })).map((path) => join(dir, id, path));
		const files = await Promise.all(paths.map((path) => stat(path)));
		// Linux counts blocks of 512 bytes, whatever the file system's own are; see stat(2).
		return { id, usedMs: record?.mtimeMs ?? 0, files: files.map(({ ino, blocks }) => ({ inode: `${ino}`, bytes: blocks * 512 })) };
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
		throw error;
	}
}

async function forget(cacheDir: string, ids: readonly string[]): Promise<void> {
	const [index, modules] = [indexDir(cacheDir), ownModulesDir(cacheDir)];
	for (const key of await readdir(index).catch(() => []))
		if (ids.includes((await builtUnder(cacheDir, key)) ?? ''))
			for (const file of [key, `${key}.warnings`]) await rm(join(index, file), { force: true });
	for (const name of await readdir(modules).catch(() => []))
		if (ids.some((id) => name.startsWith(`${id}-`))) await rm(join(modules, name), { recursive: true, force: true });
}
