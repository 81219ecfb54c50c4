/** Who is at work in the cache, or in a run directory: whoever holds a lock there. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tryLock } from '../util/lock.ts';

/** A folder of kernel builds holds them two below itself, the cache three; a run directory holds one in itself, or in a folder of runs. */
const depth = 3;

/** The processes that hold a lock below one of `paths`, each as `4711 (node ./crucible run)`. */
export async function usersOf(paths: readonly string[]): Promise<string[]> {
	const holders = parseLocks(await readFile('/proc/locks', 'utf8'));
	const users = new Set<string>();
	for (const path of paths)
		for (const file of await locksBelow(path, depth)) {
			const pid = holders.get((await stat(file).catch(() => undefined))?.ino ?? 0);
			if (pid === undefined) continue;
			// Another file system may have a file of that number.
			await using free = await tryLock(file);
			if (!free) users.add(await nameOf(pid));
		}
	return [...users];
}

/** Out of /proc/locks: the inodes that somebody holds a flock on, and its pid. */
export function parseLocks(text: string): ReadonlyMap<number, number> {
	// "1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF"; "1: -> FLOCK ..." only waits
	const held = text.matchAll(/^\d+: FLOCK +\S+ +\S+ +(\d+) [\da-f]+:[\da-f]+:(\d+) /gm);
	return new Map([...held].map(([, pid, inode]) => [Number(inode), Number(pid)]));
}

async function locksBelow(dir: string, levels: number): Promise<string[]> {
	const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
	const isOfLocks = /^\.(?:in-use|locks)$/.test(basename(dir));
	const files = entries.filter((entry) => entry.isFile() && (isOfLocks || /^lock$|\.(?:make-)?lock$/.test(entry.name)));
	const below = levels > 1 ? entries.filter((entry) => entry.isDirectory()) : [];
	const deeper = await Promise.all(below.map((entry) => locksBelow(join(dir, entry.name), levels - 1)));
	return [...files.map((entry) => join(dir, entry.name)), ...deeper.flat()];
}

/** Of what started the holder, which is a flock(1); of the holder itself where that has ended, and its compilers have not. */
async function nameOf(pid: number): Promise<string> {
	const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	// "4711 (flock) S 4700 ..."
	const parent = Number(/\) \w (\d+) /.exec(text)?.[1] ?? 0);
	const shown = parent > 1 ? parent : pid;
	const line = await readFile(`/proc/${shown}/cmdline`, 'utf8').catch(() => '');
	return `${shown} (${line.split('\0').filter(Boolean).join(' ').slice(0, 80)})`;
}
