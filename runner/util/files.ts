/** Files and folders that are whole or absent: written aside, then renamed. */

import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { removedWhenKilled } from './janitor.ts';

/** A name beside `path`, unlikely to exist, that clean-up recognises by its leading `.aside-`. */
export function asideName(path: string): string {
	return join(dirname(path), `.aside-${basename(path)}-${randomBytes(4).toString('hex')}`);
}

/** Writes a file, given whole or in pieces, so that a reader sees the old or the new content and never a part; survives a crash of the host (fsync). */
export async function writeWhole(path: string, data: string | Uint8Array | Iterable<string>, mode = 0o644): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	const aside = asideName(path);
	const handle = await open(aside, 'w', mode);
	try {
		await writeFile(handle, data);
		await handle.sync();
	} finally {
		await handle.close();
	}
	await rename(aside, path);
}

/** Fills a new folder through `fill`, then moves it to `path`; when another process was faster, its folder is kept. */
export async function makeWhole(path: string, fill: (aside: string) => Promise<void>): Promise<void> {
	const aside = resolve(asideName(path));
	using _unlessKilled = removedWhenKilled(aside);
	await mkdir(aside, { recursive: true });
	try {
		await fill(aside);
		await rename(aside, path).catch(async (error: NodeJS.ErrnoException) => {
			if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
		});
	} finally {
		await rm(aside, { recursive: true, force: true });
	}
}

/** Bytes that a folder and everything below it takes on the disk; 0 when it is not there. */
export async function diskUse(path: string): Promise<number> {
	// In blocks of 512 bytes, whatever the file system's own are (stat(2)); a file may go while we look.
	const own = await lstat(path).then(
		({ blocks }) => blocks * 512,
		() => 0,
	);
	const entries = await readdir(path, { recursive: true }).catch(() => []);
	let sum = own;
	for (const entry of entries)
		sum += await lstat(join(path, entry)).then(
			({ blocks }) => blocks * 512,
			() => 0,
		);
	return sum;
}

/** Whether something exists at `path`. */
export async function exists(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}
