/** The host's side of the share: files with content made from the seed, and one hash over all of them. */

import { createCipheriv, createHash } from 'node:crypto';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whole pages only. */
const sizes = { large: 4_194_304, medium: 262_144, small: 4_096 } as const;

export const treeBytes = Object.values(sizes).reduce((sum, size) => sum + size, 0);

/** Fills the share; returns the hash of its tree. */
export async function makeTree(dir: string, seed: number): Promise<string> {
	await Promise.all(Object.entries(sizes).map(([name, size], index) => writeFile(join(dir, name), bytesFrom(seed + index, size))));
	return hashOfTree(dir);
}

/** Gives a file other content of the same size, and a later second: QEMU's qid version, which tells a stale cache file, is made of both. */
export async function rewrite(dir: string, name: keyof typeof sizes, seed: number): Promise<string> {
	await writeFile(join(dir, name), bytesFrom(seed, sizes[name]));
	const later = Date.now() / 1000 + 10;
	await utimes(join(dir, name), later, later);
	return hashOfTree(dir);
}

/** Incompressible, the same for the same seed. */
function bytesFrom(seed: number, length: number): Buffer {
	const key = createHash('sha256').update(String(seed)).digest();
	return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** The hash of each file by its name. */
export async function hashesOfTree(dir: string): Promise<ReadonlyMap<string, string>> {
	const names = (await readdir(dir)).sort();
	const hashes = names.map(
		async (name) =>
			[
				name,
				createHash('sha256')
					.update(await readFile(join(dir, name)))
					.digest('hex'),
			] as const,
	);
	return new Map(await Promise.all(hashes));
}

/** What `sha256_all` of suites/lib/files.sh prints for the same folder. */
async function hashOfTree(dir: string): Promise<string> {
	const lines = [...(await hashesOfTree(dir))].map(([name, hash]) => `${hash}  ./${name}\n`);
	return createHash('sha256').update(lines.join('')).digest('hex');
}
