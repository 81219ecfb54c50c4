/** A folder seen as a kernel tree: its version, and whether a build with O= can use it. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';

export interface KernelVersion {
	readonly major: number;
	readonly minor: number;
	/** As the Makefile has it: `6.12.117`, `6.13.0-rc4`. */
	readonly text: string;
}

/** Reads the version off the top Makefile's text; undefined when it is no kernel's. */
export function parseVersion(makefile: string): KernelVersion | undefined {
	// "VERSION = 6", "PATCHLEVEL = 12", "SUBLEVEL = 117", "EXTRAVERSION = -rc4"
	const field = (name: string) => new RegExp(`^${name} *= *(\\S*)`, 'm').exec(makefile)?.[1];
	const [major, minor] = [Number(field('VERSION')), Number(field('PATCHLEVEL'))];
	if (!Number.isInteger(major) || !Number.isInteger(minor)) return undefined;
	return { major, minor, text: `${major}.${minor}.${field('SUBLEVEL') ?? 0}${field('EXTRAVERSION') ?? ''}` };
}

/** Of a tree on disk or in a repository: a file's text, and whether something is there; both by path below its top. */
export interface TreeFiles {
	readonly read: (path: string) => Promise<string | undefined>;
	readonly has: (path: string) => Promise<boolean>;
}

/** The files of a folder. */
export function filesIn(tree: string): TreeFiles {
	return {
		read: (path) => readFile(join(tree, path), 'utf8').catch(() => undefined),
		has: (path) => exists(join(tree, path)),
	};
}

/** Checks that these are the files of a kernel tree; returns its version. `spec` is what the user typed, for the message. */
export async function readTree(files: TreeFiles, spec: string): Promise<KernelVersion> {
	const makefile = await files.read('Makefile');
	const version = makefile === undefined ? undefined : parseVersion(makefile);
	const missing = makefile === undefined ? 'Makefile' : version === undefined ? 'VERSION in its Makefile' : await absentOf(files);
	if (version === undefined || missing !== undefined)
		throw new UserError(`${spec} is not a kernel tree: it has no ${missing}`, { hint: 'give the top folder of a Linux source tree' });
	return version;
}

async function absentOf({ has }: TreeFiles): Promise<string | undefined> {
	for (const name of ['Kconfig', 'Kbuild', 'arch/x86', 'scripts']) if (!(await has(name))) return name;
	return undefined;
}

/** Throws when the tree was built in place, which makes kbuild refuse any build with O= (its outputmakefile target). */
export async function requireCleanTree(tree: string): Promise<void> {
	for (const left of ['.config', 'include/config', 'arch/x86/include/generated'])
		if (await exists(join(tree, left)))
			throw new UserError(`${tree} was built in place (it has ${left}), and kbuild refuses to build such a tree elsewhere`, {
				hint: `make -C ${tree} mrproper`,
			});
}
