/**
 * Where templates are: in the cache, their RAM on tmpfs when it fits comfortably. That RAM outlives us, on purpose: the next run
 * starts from it. `crucible clean` removes it, the limits of template-limit.ts bound it, a reboot of the host ends it.
 */

import { lstat, mkdir, readFile, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hashOf } from '../util/hash.ts';

const shm = '/dev/shm';
/** TMPFS_MAGIC of linux/magic.h. */
const tmpfsMagic = 0x0102_1994;
const mebibyte = 1024 * 1024;

/** The folder with a folder for each template. */
export function templatesDir(cacheDir: string): string {
	return join(cacheDir, 'templates');
}

/** The folder for RAM files of that cache in memory. */
export function ramDir(cacheDir: string): string {
	return join(shm, `fscache-crucible-${process.getuid?.() ?? 0}-${hashOf(resolve(cacheDir)).slice(0, 8)}`);
}

/** Everything that templates take: what `crucible clean` removes. */
export function templatePaths(cacheDir: string): string[] {
	return [templatesDir(cacheDir), ramDir(cacheDir)];
}

/** The folder in memory for a machine's RAM, made when absent; undefined when it does not fit or is not ours alone. */
export async function chooseRamDir(cacheDir: string, memoryMiB: number): Promise<string | undefined> {
	const { type, bavail, bsize } = await statfs(shm).catch(() => ({ type: 0, bavail: 0, bsize: 0 }));
	if (type !== tmpfsMagic) return undefined;
	const available = parseAvailable(await readFile('/proc/meminfo', 'utf8'));
	if (!fitsComfortably(memoryMiB * mebibyte, { freeBytes: bavail * bsize, availableBytes: available })) return undefined;
	const dir = ramDir(cacheDir);
	await mkdir(dir, { mode: 0o700 }).catch(() => {});
	const found = await lstat(dir).catch(() => undefined);
	// Anybody may make a folder of that name there.
	return found?.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0 ? dir : undefined;
}

/** The file may grow to the guest's whole memory, and each clone adds what it writes; two clones' worth must be left, and a half GiB for us. */
export function fitsComfortably(ramBytes: number, host: { readonly freeBytes: number; readonly availableBytes: number }): boolean {
	return host.freeBytes >= 2 * ramBytes && host.availableBytes >= 3 * ramBytes + 512 * mebibyte;
}

/** MemAvailable of /proc/meminfo in bytes. */
export function parseAvailable(meminfo: string): number {
	// "MemAvailable:   23723520 kB"
	return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024;
}
