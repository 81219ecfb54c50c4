/** The shared libraries a set of programs needs, found as the dynamic loader would, in the unpacked packages first and on the host second. */

import { readFile, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import { isElf, readElf } from './elf.ts';

/** A file of the guest and where its content is on this machine. */
export interface Placed {
	/** Absolute path in the guest. */
	readonly path: string;
	/** Absolute path here; a link is followed. */
	readonly source: string;
}

// What Debian's ld.so searches without a cache file.
const defaultFolders = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64', '/lib', '/usr/lib'] as const;

/**
 * The closure of `programs` and `extra` sonames (for what is opened with dlopen), without the programs themselves, sorted by path.
 * `roots` are searched in order, '/' being the host. A missing library is a UserError that names it and who needs it.
 */
export async function closure(programs: readonly Placed[], extra: readonly string[], roots: readonly string[]): Promise<Placed[]> {
	const found = new Map<string, Placed>();
	const queue: Placed[] = [...programs];
	const want = async (name: string, folders: readonly string[], neededBy: string) => {
		// By soname: the loader is asked for as PT_INTERP with its path and by libc without.
		if (found.has(basename(name))) return;
		const library = await find(name, folders, roots);
		if (!library)
			throw new UserError(`${neededBy} needs ${name}, which is neither in the image's packages nor on this machine`, {
				hint: `name the Debian package that holds ${name} under packages: (apt-file search ${name})`,
			});
		found.set(basename(name), library);
		queue.push(library);
	};
	for (const name of extra) await want(name, defaultFolders, 'the image');
	for (let next = queue.shift(); next; next = queue.shift()) {
		const needs = await needsOf(next);
		if (!needs) continue;
		const origin = dirname(next.path);
		const runpath = needs.runpath.map((folder) => folder.replace(/\$(?:ORIGIN|\{ORIGIN\})/g, origin));
		if (needs.interpreter !== undefined) await want(needs.interpreter, [''], next.path);
		for (const name of needs.needed) await want(name, name.includes('/') ? [''] : [...runpath, ...defaultFolders], next.path);
	}
	return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function needsOf({ path, source }: Placed) {
	const bytes = await readFile(source);
	// A script is a program too; its interpreter is the recipe's business.
	if (!isElf(bytes)) return undefined;
	try {
		return readElf(bytes);
	} catch (error) {
		throw new UserError(`cannot read ${path} from ${source}: ${error instanceof Error ? error.message : error}`);
	}
}

async function find(name: string, folders: readonly string[], roots: readonly string[]): Promise<Placed | undefined> {
	for (const root of roots)
		for (const folder of folders) {
			const source = await resolveIn(root, join(folder, name));
			if (source !== undefined) return { path: mergedPath(join('/', folder, name)), source };
		}
	return undefined;
}

/** The file `path` names below `root`, links followed there; undefined when there is none. Packages may hold a path with or without /usr. */
export async function resolveIn(root: string, path: string): Promise<string | undefined> {
	const merged = mergedPath(path);
	for (const candidate of [merged, merged.slice('/usr'.length)]) {
		const full = join(root, candidate);
		const target = await readlink(full).catch(() => undefined);
		// A link in a package is meant for a system where the package's root is `/`: libc6's /lib64/ld-linux-x86-64.so.2 is absolute.
		if (target !== undefined) return resolveIn(root, resolve(dirname(candidate), target));
		if (await exists(full)) return realpath(full);
	}
	return undefined;
}

/** `/sbin/x` as `/usr/sbin/x`: in the guest /bin, /sbin, /lib and /lib64 are links, as in Debian. */
export function mergedPath(path: string): string {
	return path.replace(/^\/(?=(?:bin|sbin|lib|lib64)\/)/, '/usr/');
}
