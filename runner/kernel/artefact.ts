/** What a build leaves behind for everyone else: a folder named by its content, with what boots and what symbolises. */

import { constants, copyFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { KernelIdentity } from '../model/run.ts';
import { InfraError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { writeWhole } from '../util/files.ts';
import { hashFile } from '../util/hash.ts';
import type { BootFile } from './boot-format.ts';
import { identityId } from './identity.ts';
import { moduleName } from './modules.ts';
import type { KernelVersion } from './tree.ts';

export interface KernelModule {
	/** With `_`, as /proc/modules has it. */
	readonly name: string;
	/** Stripped of debug information: what a guest gets. Absolute. */
	readonly path: string;
	/** With debug information: what symbolises. Absolute. */
	readonly debugPath: string;
	readonly depends: readonly string[];
	/** Bytes of `path`. */
	readonly size: number;
}

export interface KernelArtefact {
	/** 16 hex digits; equal for equal vmlinux, .config and modules. */
	readonly id: string;
	readonly identity: KernelIdentity;
	readonly version: KernelVersion;
	readonly dir: string;
	/** Without debug information, with symbols. */
	readonly vmlinux: string;
	/** What QEMU is given: vmlinux, or bzImage where vmlinux does not boot by itself. */
	readonly boot: string;
	/** With debug information. */
	readonly vmlinuxDebug: string;
	readonly systemMap: string;
	readonly config: string;
	readonly modules: readonly KernelModule[];
	/** Names of what modules.builtin lists: asked for as modules, they need no loading. */
	readonly builtins: readonly string[];
}

/** Counts changes of what an artefact holds; one of another layout counts as absent. */
export const artefactLayout = 2;

/** artefact.json: the same without absolute paths, and without `spec` and `origin`, which are the asker's. */
interface Stored {
	readonly layout: typeof artefactLayout;
	readonly identity: Omit<KernelIdentity, 'spec' | 'origin'>;
	readonly modules: readonly Pick<KernelModule, 'name' | 'depends' | 'size'>[];
	readonly builtins: readonly string[];
	readonly boot: BootFile;
}

export interface ArtefactOrigin {
	readonly spec: string;
	readonly origin: string;
	readonly version: KernelVersion;
}

/** Reads an artefact's folder; undefined when it is not there. */
export async function loadArtefact(dir: string, from: ArtefactOrigin): Promise<KernelArtefact | undefined> {
	const text = await readFile(join(dir, 'artefact.json'), 'utf8').catch(() => undefined);
	if (text === undefined) return undefined;
	const stored: Stored = JSON.parse(text);
	if (stored.layout !== artefactLayout) return undefined;
	return {
		id: basename(dir),
		identity: { spec: from.spec, origin: from.origin, ...stored.identity },
		version: from.version,
		dir,
		vmlinux: join(dir, 'vmlinux'),
		boot: join(dir, stored.boot),
		vmlinuxDebug: join(dir, 'debug/vmlinux'),
		systemMap: join(dir, 'System.map'),
		config: join(dir, 'config'),
		modules: stored.modules.map((module) => ({
			...module,
			path: join(dir, 'modules', `${module.name}.ko`),
			debugPath: join(dir, 'debug', `${module.name}.ko`),
		})),
		builtins: stored.builtins,
	};
}

/** For a look at an artefact that asks nothing of where it came from. */
const unnamed: ArtefactOrigin = { spec: '', origin: '', version: { major: 0, minor: 0, text: '' } };

/** Copies a finished build out of its folder, which the next build overwrites; returns the artefact's id, its folder's name under `kernelsDir`. */
export async function storeArtefact(
	output: string,
	kernelsDir: string,
	built: { readonly compiler: string; readonly boot: BootFile },
	signal?: AbortSignal,
): Promise<string> {
	// One place for each build folder, whose lock the caller holds, so that what a kill leaves is found and removed.
	const aside = join(output, '.crucible-artefact');
	await rm(aside, { recursive: true, force: true });
	await mkdir(kernelsDir, { recursive: true });
	await mkdir(join(aside, 'modules'), { recursive: true });
	await mkdir(join(aside, 'debug'));
	try {
		await exec('objcopy', ['--strip-debug', join(output, 'vmlinux'), join(aside, 'vmlinux')], { signal });
		await keep(join(output, 'vmlinux'), join(aside, 'debug/vmlinux'));
		if (built.boot === 'bzImage') await keep(join(output, 'arch/x86/boot/bzImage'), join(aside, 'bzImage'));
		await keep(join(output, 'System.map'), join(aside, 'System.map'));
		await keep(join(output, '.config'), join(aside, 'config'));
		const files = await builtModules(output);
		const modules = await storeModules(files, join(aside, 'modules'), join(aside, 'debug'), signal);
		const hashes = await Promise.all(modules.map(async ({ name, path }) => [name, await hashFile(path)] as const));
		const release = (await readFile(join(output, 'include/config/kernel.release'), 'utf8')).trim();
		const identity: Stored['identity'] = {
			release,
			compiler: built.compiler,
			hashes: {
				vmlinux: await hashFile(join(aside, 'vmlinux')),
				config: await hashFile(join(aside, 'config')),
				modules: Object.fromEntries(hashes),
			},
		};
		const builtin = await readFile(join(output, 'modules.builtin'), 'utf8').catch(() => '');
		const stored: Stored = {
			layout: artefactLayout,
			identity,
			boot: built.boot,
			modules: modules.map(({ name, depends, size }) => ({ name, depends, size })),
			// "kernel/fs/ext4/ext4.ko"
			builtins: builtin
				.split('\n')
				.filter(Boolean)
				.map((path) => moduleName(basename(path, '.ko'))),
		};
		await writeWhole(join(aside, 'artefact.json'), `${JSON.stringify(stored, undefined, '\t')}\n`);
		const id = identityId(identity);
		const dir = join(kernelsDir, id);
		if (await loadArtefact(dir, unnamed)) return id;
		await rm(dir, { recursive: true, force: true });
		await rename(aside, dir);
		return id;
	} finally {
		await rm(aside, { recursive: true, force: true });
	}
}

/** Strips and copies .ko files into two folders under their module names; dependencies are read off each file's .modinfo. */
export async function storeModules(
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

/** The .ko files of a build, from modules.order, which lists them as .ko (up to 6.1) or .o (since 6.2). */
export async function builtModules(output: string): Promise<string[]> {
	const order = await readFile(join(output, 'modules.order'), 'utf8').catch(() => '');
	return order
		.split('\n')
		.filter(Boolean)
		.map((path) => join(output, path.replace(/\.k?o$/, '.ko')));
}

async function keep(from: string, to: string): Promise<void> {
	await copyFile(from, to, constants.COPYFILE_FICLONE);
}
