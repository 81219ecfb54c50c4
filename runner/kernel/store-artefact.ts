/** Copies a finished build out of its folder, which the next build overwrites; what is as before is linked, not copied. */

import { constants, copyFile, link, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InfraError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { writeWhole } from '../util/files.ts';
import { hashFile } from '../util/hash.ts';
import { artefactFiles, artefactLayout, type KernelModule, readStored, recordName, type StoredArtefact } from './artefact.ts';
import type { BootFile } from './boot-format.ts';
import { identityId, readIdentity } from './identity.ts';
import { moduleName } from './modules.ts';
import { builtModules, bzImage } from './products.ts';

export interface Built {
	/** The build folder; the caller holds its lock. */
	readonly output: string;
	readonly compiler: string;
	readonly boot: BootFile;
	/** An artefact of this folder, held so that it stays, and the files that make has left alone since (see products.ts). */
	readonly previous?: { readonly dir: string; readonly same: ReadonlySet<string> } | undefined;
}

/** Returns the artefact's id, its folder's name under `kernelsDir`. */
export async function storeArtefact(built: Built, kernelsDir: string, signal?: AbortSignal): Promise<string> {
	const { output } = built;
	// One place for each build folder, whose lock the caller holds, so that what a kill leaves is found and removed.
	const aside = join(output, '.crucible-artefact');
	await rm(aside, { recursive: true, force: true });
	await mkdir(kernelsDir, { recursive: true });
	await mkdir(join(aside, 'modules'), { recursive: true });
	await mkdir(join(aside, 'debug'));
	try {
		const before = built.previous && (await readStored(built.previous.dir));
		const previous = before && built.previous && { ...built.previous, stored: before };
		const vmlinux = await storeVmlinux(built, previous, aside, signal);
		await keep(join(output, '.config'), join(aside, artefactFiles.config));
		const modules = await storeModules(await builtModules(output), output, previous, aside, signal);
		const release = (await readFile(join(output, 'include/config/kernel.release'), 'utf8')).trim();
		const identity: StoredArtefact['identity'] = {
			release,
			compiler: built.compiler,
			hashes: {
				vmlinux: vmlinux.hash,
				config: await hashFile(join(aside, artefactFiles.config)),
				modules: Object.fromEntries(modules.map(({ name, hash }) => [name, hash])),
			},
		};
		const buildIds = { vmlinux: vmlinux.buildId, modules: Object.fromEntries(modules.map(({ name, buildId }) => [name, buildId])) };
		const builtin = await readFile(join(output, 'modules.builtin'), 'utf8').catch(() => '');
		const stored: StoredArtefact = {
			layout: artefactLayout,
			identity,
			buildIds,
			boot: built.boot,
			modules: modules.map(({ name, depends, size }) => ({ name, depends, size })),
			// "kernel/fs/ext4/ext4.ko"
			builtins: builtin
				.split('\n')
				.filter(Boolean)
				.map((path) => moduleName(basename(path, '.ko'))),
		};
		await writeWhole(join(aside, recordName), `${JSON.stringify(stored, undefined, '\t')}\n`);
		const id = identityId(identity, buildIds);
		const dir = join(kernelsDir, id);
		if (await readStored(dir)) return id;
		await rm(dir, { recursive: true, force: true });
		await rename(aside, dir);
		return id;
	} finally {
		await rm(aside, { recursive: true, force: true });
	}
}

interface Previous {
	readonly dir: string;
	readonly same: ReadonlySet<string>;
	readonly stored: StoredArtefact;
}

async function storeVmlinux(
	{ output, boot }: Built,
	previous: Previous | undefined,
	aside: string,
	signal?: AbortSignal,
): Promise<{ hash: string; buildId: string }> {
	const files = [artefactFiles.vmlinux, artefactFiles.vmlinuxDebug, artefactFiles.systemMap, ...(boot === 'bzImage' ? [boot] : [])];
	const isSame = previous?.same.has('vmlinux') && previous.stored.boot === boot && (boot === 'vmlinux' || previous.same.has(bzImage));
	if (previous && isSame) {
		for (const file of files) await share(join(previous.dir, file), join(aside, file));
		return { hash: previous.stored.identity.hashes.vmlinux, buildId: previous.stored.buildIds.vmlinux };
	}
	await exec('objcopy', ['--strip-debug', join(output, 'vmlinux'), join(aside, artefactFiles.vmlinux)], { signal });
	await keep(join(output, 'vmlinux'), join(aside, artefactFiles.vmlinuxDebug));
	await keep(join(output, 'System.map'), join(aside, artefactFiles.systemMap));
	if (boot === 'bzImage') await keep(join(output, bzImage), join(aside, boot));
	return readIdentity(join(aside, artefactFiles.vmlinux));
}

type StoredModule = Omit<KernelModule, 'path' | 'debugPath'> & { readonly hash: string; readonly buildId: string };

/** In the order of `files`. */
async function storeModules(
	files: readonly string[],
	output: string,
	previous: Previous | undefined,
	aside: string,
	signal?: AbortSignal,
): Promise<StoredModule[]> {
	const shared = new Map<string, StoredModule>();
	for (const file of files) {
		const name = moduleName(basename(file, '.ko'));
		const known = previous?.same.has(file) && previous.stored.modules.find((module) => module.name === name);
		if (!previous || !known) continue;
		const { hashes } = previous.stored.identity;
		for (const path of [artefactFiles.module(name), artefactFiles.moduleDebug(name)])
			await share(join(previous.dir, path), join(aside, path));
		shared.set(file, { ...known, hash: hashes.modules[name] ?? '', buildId: previous.stored.buildIds.modules[name] ?? '' });
	}
	const copied = files.filter((file) => !shared.has(file));
	const stripped = await stripModules(
		copied.map((file) => join(output, file)),
		join(aside, 'modules'),
		join(aside, 'debug'),
		signal,
	);
	for (const [index, { name, path, depends, size }] of stripped.entries())
		shared.set(copied[index] ?? '', { name, depends, size, ...(await readIdentity(path)) });
	return files.flatMap((file) => shared.get(file) ?? []);
}

/** Strips and copies .ko files into two folders under their module names; dependencies are read off each file's .modinfo. In the order of `files`. */
export async function stripModules(
	files: readonly string[],
	strippedDir: string,
	debugDir: string,
	signal?: AbortSignal,
): Promise<KernelModule[]> {
	if (files.length === 0) return [];
	// One line for each file, empty where a module depends on none.
	const info = await exec('modinfo', ['--field', 'depends', ...files], { signal });
	const depends = info.stdout.split('\n');
	if (depends.length !== files.length) throw new InfraError(`modinfo gave ${depends.length} lines for ${files.length} modules`);
	const store = async (file: string, index: number): Promise<KernelModule> => {
		const name = moduleName(basename(file, '.ko'));
		const [path, debugPath] = [join(strippedDir, `${name}.ko`), join(debugDir, `${name}.ko`)];
		await exec('strip', ['--strip-debug', '-o', path, file], { signal });
		await keep(file, debugPath);
		const { size } = await stat(path);
		return { name, path, debugPath, depends: (depends[index] ?? '').split(',').filter(Boolean).map(moduleName), size };
	};
	const modules: KernelModule[] = [];
	for (let at = 0; at < files.length; at += 8)
		modules.push(...(await Promise.all(files.slice(at, at + 8).map((file, offset) => store(file, at + offset)))));
	return modules;
}

async function keep(from: string, to: string): Promise<void> {
	await copyFile(from, to, constants.COPYFILE_FICLONE);
}

/** One file under two names, for what nobody ever writes to; a copy where the file system has no such links. */
async function share(from: string, to: string): Promise<void> {
	await link(from, to).catch(() => keep(from, to));
}
