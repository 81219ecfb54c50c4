/** Keeps templates few: those used longest ago go, and what killed builders left. */

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lock, tryLock } from '../util/lock.ts';
import { manifestName, ramPath, readManifest } from './template-manifest.ts';
import { ramDir, templatesDir } from './template-place.ts';

export interface Limits {
	readonly most: number;
	/** Of RAM files, as allocated. */
	readonly mostBytes: number;
}

/** Two kernels with some suites each; a KASAN guest of 1.5 GiB takes 0.4 GiB at first, and at most all when its clones read all. */
export const defaultLimits: Limits = { most: 16, mostBytes: 6 * 1024 ** 3 };

export interface Kept {
	readonly key: string;
	readonly usedMs: number;
	readonly bytes: number;
}

/** The keys to give up so that the others are within `limits`; `current` stays in any case. */
export function chooseVictims(kept: readonly Kept[], limits: Limits, current: string): string[] {
	const rank = (entry: Kept) => (entry.key === current ? Number.POSITIVE_INFINITY : entry.usedMs);
	let bytes = 0;
	return [...kept]
		.sort((a, b) => rank(b) - rank(a))
		.filter((entry, index) => {
			bytes += entry.bytes;
			return entry.key !== current && (index >= limits.most || bytes > limits.mostBytes);
		})
		.map(({ key }) => key);
}

/** Held while a template is checked or built. */
export function buildLockPath(cacheDir: string, key: string): string {
	return join(templatesDir(cacheDir), '.locks', key);
}

/** Held, shared, while clones may be started from a template. */
export function useLock(cacheDir: string, key: string, signal?: AbortSignal): Promise<AsyncDisposable> {
	return lock(`${buildLockPath(cacheDir, key)}.use`, { isShared: true, signal });
}

/** Removes what is over the limits or was left half-made, unless somebody works on it or uses it. The build lock of `current` must be held. */
export async function keepWithin(cacheDir: string, limits: Limits, current: string): Promise<void> {
	const { kept, leftovers } = await survey(cacheDir);
	const victims = chooseVictims(kept, limits, current);
	for (const key of new Set([...victims, ...leftovers.keys()])) {
		await using building = key === current ? undefined : await tryLock(buildLockPath(cacheDir, key));
		if (!building && key !== current) continue;
		// Looked for again: a builder may have ended meanwhile.
		await removeLeftovers(cacheDir, key);
		await using unused = victims.includes(key) ? await tryLock(`${buildLockPath(cacheDir, key)}.use`) : undefined;
		if (unused) await removeTemplate(cacheDir, key);
	}
}

/** Removes what builders that were killed left of `key`; its build lock must be held. */
export async function removeLeftovers(cacheDir: string, key: string): Promise<void> {
	const { leftovers } = await survey(cacheDir);
	for (const path of leftovers.get(key) ?? []) await rm(path, { recursive: true, force: true });
}

/** Removes a template; its build lock must be held. */
export async function removeTemplate(cacheDir: string, key: string): Promise<void> {
	const dir = join(templatesDir(cacheDir), key);
	const manifest = await readManifest(dir);
	await rm(dir, { recursive: true, force: true });
	if (manifest && 'ram' in manifest) await rm(ramPath(dir, manifest), { force: true });
}

/** The templates, and by key what belongs to none: `.aside-<key>-…` folders, `<key>-….ram` files that no manifest names. */
async function survey(cacheDir: string): Promise<{ kept: Kept[]; leftovers: Map<string, string[]> }> {
	const kept: Kept[] = [];
	const leftovers = new Map<string, string[]>();
	const named = new Set<string>();
	const templates = templatesDir(cacheDir);
	const add = (key: string, path: string) => leftovers.set(key, [...(leftovers.get(key) ?? []), path]);
	for (const name of await readdir(templates).catch(() => [])) {
		// ".aside-0123456789abcdef-1a2b3c4d"
		const [, key] = /^\.aside-([0-9a-f]{16})-/.exec(name) ?? [];
		if (key !== undefined) add(key, join(templates, name));
		if (!/^[0-9a-f]{16}$/.test(name)) continue;
		const dir = join(templates, name);
		const manifest = await readManifest(dir);
		const ram = manifest && 'ram' in manifest ? ramPath(dir, manifest) : undefined;
		if (ram !== undefined) named.add(ram);
		const [used, allocated] = await Promise.all([join(dir, manifestName), ram ?? ''].map((path) => stat(path).catch(() => undefined)));
		kept.push({ key: name, usedMs: used?.mtimeMs ?? 0, bytes: (allocated?.blocks ?? 0) * 512 });
	}
	const inMemory = ramDir(cacheDir);
	for (const name of await readdir(inMemory).catch(() => [])) {
		// "0123456789abcdef-1a2b3c4d.ram"
		const [, key] = /^([0-9a-f]{16})-[0-9a-f]+\.ram$/.exec(name) ?? [];
		if (key !== undefined && !named.has(join(inMemory, name))) add(key, join(inMemory, name));
	}
	return { kept, leftovers };
}
