/** Disks for machines: a formatted base image per size and file system, and a fresh copy-on-write overlay for each machine. */

import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InfraError, UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { asideName, exists } from '../util/files.ts';
import { hashOf } from '../util/hash.ts';
import { type BuildOptions, preparePackages } from './packages.ts';
import { makeFileSystem } from './steps.ts';

export interface DiskShape {
	/** Bytes, or `512M`. */
	readonly size: number | string;
	readonly fs: 'ext4' | 'xfs' | 'none';
	/** A folder on this machine whose content is on the disk (ext4 only); one of the cache, whose path changes with its content. */
	readonly content?: string | undefined;
}

const uuid = 'c0ffee00-5eed-4000-8000-000000000001';
const mebibyte = 1024 * 1024;

interface Format {
	/** Packages that hold the program and the libraries a machine may lack. */
	readonly packages: readonly string[];
	readonly program: string;
	readonly args: readonly string[];
	readonly leastBytes: number;
}

const formats: Readonly<Record<Exclude<DiskShape['fs'], 'none'>, Format>> = {
	ext4: {
		packages: ['e2fsprogs', 'libblkid1', 'libcom-err2', 'libext2fs2', 'libuuid1'],
		program: 'sbin/mkfs.ext4',
		// Nothing is left for the guest to initialise in the background, where it would disturb a measurement.
		args: [
			'-q',
			'-F',
			'-U',
			uuid,
			'-E',
			`hash_seed=${uuid},lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0`,
			'-J',
			'size=4',
			'-m',
			'0',
		],
		leastBytes: 16 * mebibyte,
	},
	xfs: {
		packages: ['libblkid1', 'libinih1', 'liburcu8', 'libuuid1', 'xfsprogs'],
		program: 'sbin/mkfs.xfs',
		args: ['-q', '-f', '-m', `uuid=${uuid}`],
		leastBytes: 300 * mebibyte,
	},
};

/**
 * The raw, sparse base image of that shape below `cacheDir`, made when it is not there yet. Never give it to a machine to write: make
 * an overlay. A size that cannot hold the file system is a UserError.
 */
export async function makeDisk({ size, fs, content }: DiskShape, options: BuildOptions): Promise<string> {
	const bytes = typeof size === 'number' ? size : parseSize(size);
	const format = fs === 'none' ? undefined : formats[fs];
	const args = [...(format?.args ?? []), ...(content === undefined ? [] : ['-d', content])];
	const how = hashOf(...args).slice(0, 8);
	const path = resolve(options.cacheDir, 'disks', `${fs}-${bytes}-${how}.raw`);
	if (await exists(path)) return path;
	if (format && bytes < format.leastBytes)
		throw new UserError(`a disk of ${bytes} bytes is too small for ${fs}`, { hint: `give it ${format.leastBytes / mebibyte}M or more` });
	await mkdir(dirname(path), { recursive: true });
	const aside = asideName(path);
	try {
		const handle = await open(aside, 'wx');
		await handle.truncate(bytes).finally(() => handle.close());
		if (format) await fill(aside, { ...format, args }, options);
		await rename(aside, path);
	} finally {
		await rm(aside, { force: true });
	}
	return path;
}

async function fill(image: string, { packages, program, args }: Format, options: BuildOptions): Promise<void> {
	const { root } = await preparePackages(packages, options);
	options.onProgress?.(`making a file system with ${program}`);
	const result = await makeFileSystem(program, args, image, root, { signal: options.signal });
	if (!result.ok) throw new InfraError(`${program} failed on ${image}\n${result.stderr.trim()}`);
}

/** A new qcow2 file at `path` that reads from the image `base` and keeps what is written. Throws when `path` exists already. */
export async function overlay(base: string, path: string, signal?: AbortSignal, format: 'raw' | 'qcow2' = 'raw'): Promise<void> {
	if (await exists(path)) throw new InfraError(`there is already a disk at ${path}`);
	await mkdir(dirname(path), { recursive: true });
	await exec('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', format, '-b', resolve(base), path], { signal, detached: true });
}

/** What a guest sees of the image `base`, without its holes: a qcow2 file at `path` that stands for itself. */
export async function packDisk(base: string, path: string, signal?: AbortSignal): Promise<void> {
	await exec('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', resolve(base), path], { signal });
}

/** A qcow2 file of no disk, for the states that QEMU saves. */
export async function blankDisk(path: string, signal?: AbortSignal): Promise<void> {
	await exec('qemu-img', ['create', '-q', '-f', 'qcow2', path, '1M'], { signal });
}

/** `512M` in bytes; K, M and G are powers of 1024. Anything else is a UserError. */
export function parseSize(text: string): number {
	const [, digits, unit] = /^([1-9]\d{0,11})([KMG]?)$/.exec(text) ?? [];
	if (digits === undefined) throw new UserError(`not a size: ${text}`, { hint: 'write it like 512M or 2G' });
	const bytes = Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit ?? '');
	if (bytes % 512 !== 0) throw new UserError(`not a size of whole sectors: ${text}`, { hint: 'write it like 512M or 2G' });
	return bytes;
}
