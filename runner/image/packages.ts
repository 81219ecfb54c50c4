/** Debian packages as a source of guest programs: downloaded and unpacked into the cache, never installed on this machine. */

import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { InfraError, UserError } from '../util/errors.ts';
import { asideName, exists, makeWhole, writeWhole } from '../util/files.ts';
import { hashOf } from '../util/hash.ts';
import { count } from '../util/text.ts';
import { askApt, downloadPackages, type StepResult, unpackPackages } from './steps.ts';

export interface Packages {
	/** Folder with the content of all of them, laid out as in the packages. */
	readonly root: string;
	/** Version of each by name. */
	readonly versions: Readonly<Record<string, string>>;
}

export interface BuildOptions {
	readonly cacheDir: string;
	readonly signal?: AbortSignal | undefined;
	/** Told what is being done, for people. */
	readonly onProgress?: ((detail: string) => void) | undefined;
}

const chosenSchema = z.record(z.string(), z.strictObject({ version: z.string(), file: z.string() }));
/** By package name: version, and name of its .deb. */
type Chosen = z.output<typeof chosenSchema>;

/**
 * The packages `names`, unpacked. The versions are chosen by apt once for a set of names and then stay, so that an image does not
 * change under its user and a second call needs no network. A package apt cannot give is a UserError.
 */
export async function preparePackages(names: readonly string[], options: BuildOptions): Promise<Packages> {
	const folder = resolve(options.cacheDir, 'packages');
	const chosen = await choose([...new Set(names)].sort(), folder, options);
	await fetchMissing(chosen, folder, options);
	const files = Object.values(chosen).map(({ file }) => file);
	const root = join(folder, `root-${hashOf(...files).slice(0, 16)}`);
	if (!(await exists(root))) {
		options.onProgress?.(`unpacking ${count(files.length, 'package')}`);
		await makeWhole(root, async (aside) => {
			const debs = files.map((file) => join(folder, 'debs', file));
			const result = await unpackPackages(debs, { cwd: aside, signal: options.signal });
			if (!result.ok) throw new InfraError(`dpkg-deb could not unpack into ${folder}\n${lastLines(result)}`);
		});
	}
	return { root, versions: Object.fromEntries(Object.entries(chosen).map(([name, { version }]) => [name, version])) };
}

async function choose(names: readonly string[], folder: string, options: BuildOptions): Promise<Chosen> {
	if (names.length === 0) return {};
	const record = join(folder, `chosen-${hashOf(...names).slice(0, 16)}.json`);
	const known = await readFile(record, 'utf8').catch(() => undefined);
	if (known !== undefined) {
		const chosen = chosenSchema.parse(JSON.parse(known));
		// An archive keeps no old versions: what is not here any more can only be chosen again.
		if ((await missingOf(chosen, folder)).length === 0) return chosen;
	}
	const result = await askApt(names, options);
	if (!result.ok) throw refused(`apt does not know every package the image needs`, result);
	const chosen = parseUris(result.stdout);
	const absent = names.filter((name) => !chosen[name]);
	if (absent.length > 0) throw refused(`apt gave no file for ${absent.join(', ')}`, result);
	await writeWhole(record, `${JSON.stringify(chosen, undefined, '\t')}\n`);
	return chosen;
}

async function fetchMissing(chosen: Chosen, folder: string, options: BuildOptions): Promise<void> {
	const debs = join(folder, 'debs');
	const missing = await missingOf(chosen, folder);
	if (missing.length === 0) return;
	options.onProgress?.(`downloading ${count(missing.length, 'package')}`);
	const aside = asideName(join(debs, 'fetch'));
	await mkdir(aside, { recursive: true });
	try {
		const wanted = missing.map(({ name, version }) => `${name}=${version}`);
		const result = await downloadPackages(wanted, { cwd: aside, signal: options.signal });
		if (!result.ok) throw refused('apt could not download every package the image needs', result);
		for (const { file } of missing) await rename(join(aside, file), join(debs, file));
	} finally {
		await rm(aside, { recursive: true, force: true });
	}
}

async function missingOf(chosen: Chosen, folder: string): Promise<{ name: string; version: string; file: string }[]> {
	const all = await Promise.all(
		Object.entries(chosen).map(async ([name, deb]) => ({ name, ...deb, isThere: await exists(join(folder, 'debs', deb.file)) })),
	);
	return all.filter(({ isThere }) => !isThere);
}

/**
 * Reads `apt-get download --print-uris`. The file name is the package, the version with `:` as `%3a`, and the architecture.
 */
export function parseUris(output: string): Chosen {
	const chosen: Chosen = {};
	// 'http://deb.debian.org/debian/pool/main/a/attr/attr_2.5.1-4_amd64.deb' attr_1%3a2.5.1-4_amd64.deb 41172 SHA256:0c56...
	for (const [, file, name, version] of output.matchAll(/^'[^']*' (([^_\s]+)_([^_\s]+)_[^_\s]+\.deb) /gm))
		if (file !== undefined && name !== undefined && version !== undefined) chosen[name] = { version: decodeURIComponent(version), file };
	return chosen;
}

function refused(what: string, result: StepResult): UserError {
	return new UserError(`${what}\n${lastLines(result)}`, { hint: 'apt-get update (as root; the package lists may be absent or old)' });
}

function lastLines({ stdout, stderr }: StepResult): string {
	return (stderr || stdout).trim().split('\n').slice(-5).join('\n');
}
