/** Guest images: an initramfs per recipe, named by its content and built when its inputs changed. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../util/errors.ts';
import { exists, writeWhole } from '../util/files.ts';
import { hashOf } from '../util/hash.ts';
import { lock } from '../util/lock.ts';
import { didYouMean, formatBytes } from '../util/text.ts';
import { collect } from './contents.ts';
import { cpio } from './cpio.ts';
import type { BuildOptions } from './packages.ts';
import { readRecipe } from './recipe.ts';

export interface Image {
	readonly name: string;
	/** The initramfs. */
	readonly path: string;
	/** Of its bytes. */
	readonly hash: string;
}

// Counts changes of this folder's code that give other bytes for the same recipe.
const builderVersion = 1;

const stampSchema = z.strictObject({
	file: z.string(),
	hash: z.string(),
	/** Package versions, for readers. */
	versions: z.record(z.string(), z.string()),
	/** Files of this machine that went in, with what tells that they changed. */
	hostFiles: z.record(z.string(), z.string()),
});

/**
 * Builds images/<name> of the checkout at `top`, or returns the one built before from the same inputs. The image is not compressed:
 * unpacking costs a guest more time than reading.
 */
export async function buildImage(name: string, options: BuildOptions & { readonly checkout: string }): Promise<Image> {
	const folder = await findImage(name, join(options.checkout, 'images'));
	const images = join(options.cacheDir, 'images');
	const recipe = await readRecipe(folder);
	const stamp = join(images, `${name}-${(await hashInputs(folder)).slice(0, 16)}.json`);
	const known = await readStamp(stamp, images);
	if (known) return { ...known, name };
	await using _held = await lock(join(images, '.lock'), {
		signal: options.signal,
		onWait: () => options.onProgress?.('waiting for another build'),
	});
	const builtMeanwhile = await readStamp(stamp, images);
	if (builtMeanwhile) return { ...builtMeanwhile, name };
	const { entries, versions, hostFiles } = await collect(recipe, folder, options);
	options.onProgress?.('packing');
	const bytes = cpio(entries);
	const hash = hashOf(bytes);
	const file = `${name}-${hash.slice(0, 16)}.cpio`;
	await writeWhole(join(images, file), bytes);
	const stamps = await Promise.all(hostFiles.map(async (file): Promise<[string, string]> => [file, await stampOf(file)]));
	await writeWhole(stamp, `${JSON.stringify({ file, hash, versions, hostFiles: Object.fromEntries(stamps) }, undefined, '\t')}\n`);
	options.onProgress?.(`packed ${formatBytes(bytes.length)}`);
	return { name, path: join(images, file), hash };
}

async function findImage(name: string, images: string): Promise<string> {
	const names = (await readdir(images, { withFileTypes: true }).catch(() => []))
		.filter((entry) => entry.isDirectory())
		.map((entry) => entry.name);
	if (names.includes(name)) return join(images, name);
	const hint = didYouMean(name, names);
	throw new UserError(`there is no image ${name} in ${images}`, hint === undefined ? {} : { hint });
}

/** Over every file in the image's folder: the recipe and all it may name. */
async function hashInputs(folder: string): Promise<string> {
	const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
	const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
	const parts = await Promise.all(paths.map(async (path) => [path.slice(folder.length), await readFile(path)]));
	return hashOf(String(builderVersion), ...parts.flat());
}

async function readStamp(stamp: string, images: string): Promise<{ path: string; hash: string } | undefined> {
	const text = await readFile(stamp, 'utf8').catch(() => undefined);
	if (text === undefined) return undefined;
	const { file, hash, hostFiles } = stampSchema.parse(JSON.parse(text));
	for (const [path, was] of Object.entries(hostFiles)) if ((await stampOf(path)) !== was) return undefined;
	const path = join(images, file);
	return (await exists(path)) ? { path, hash } : undefined;
}

async function stampOf(path: string): Promise<string> {
	return stat(path).then(
		({ size, mtimeMs }) => `${size} bytes, ${mtimeMs}`,
		() => 'absent',
	);
}
