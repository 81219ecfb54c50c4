/** The host's side of the share: files with content made from the seed, and one hash over all of them. */

import { createCipheriv, createHash } from 'node:crypto';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whole pages only; what becomes of the tail of a file is the subject of the case `tails`. */
export const sizes = { large: 3_145_728, medium: 524_288, small: 4_096 } as const;

export const treeBytes = bytesOf(sizes);

/** The sum of the sizes. */
export function bytesOf(tree: Readonly<Record<string, number>>): number {
	return Object.values(tree).reduce((sum, size) => sum + size, 0);
}

/** Incompressible bytes, the same for the same seed. */
export function seededBytes(seed: number, length: number): Buffer {
	const key = createHash('sha256').update(String(seed)).digest();
	return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** Fills the share with files of these names and sizes; returns the hash of its tree. */
export async function makeTree(dir: string, seed: number, tree: Readonly<Record<string, number>> = sizes): Promise<string> {
	await Promise.all(Object.entries(tree).map(([name, size], index) => writeFile(join(dir, name), seededBytes(seed + index, size))));
	return hashOfTree(dir);
}

/**
 * Gives a file other content of the same size. Its mtime moves by whole seconds: QEMU's qid version, by which 9p tells a stale
 * cache file, is made of the size and the mtime in seconds (hw/9pfs/9p.c, stat_to_qid).
 */
export async function rewrite(dir: string, name: keyof typeof sizes, seed: number): Promise<string> {
	const path = join(dir, name);
	await writeFile(path, seededBytes(seed, sizes[name]));
	const later = Date.now() / 1000 + 10;
	await utimes(path, later, later);
	return hashOfTree(dir);
}

/** What `sha256_all` of suites/lib/files.sh prints for the same folder. */
export async function hashOfTree(dir: string): Promise<string> {
	const names = (await readdir(dir)).sort();
	const lines = await Promise.all(
		names.map(async (name) => {
			const hash = createHash('sha256').update(await readFile(join(dir, name)));
			return `${hash.digest('hex')}  ./${name}\n`;
		}),
	);
	return createHash('sha256').update(lines.join('')).digest('hex');
}
