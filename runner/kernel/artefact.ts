/** What a build leaves behind for everyone else: a folder named by its content, with what boots and what symbolises. */

import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { KernelIdentity } from '../model/run.ts';
import type { BootFile } from './boot-format.ts';
import type { BuildIds } from './identity.ts';
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

/** Counts changes of what an artefact holds or is named by; one of another layout counts as absent. */
export const artefactLayout = 3;

/** artefact.json: the same without absolute paths, and without `spec` and `origin`, which are the asker's. Written last. */
export interface StoredArtefact {
	readonly layout: typeof artefactLayout;
	readonly identity: Omit<KernelIdentity, 'spec' | 'origin'>;
	readonly buildIds: BuildIds;
	readonly modules: readonly Pick<KernelModule, 'name' | 'depends' | 'size'>[];
	readonly builtins: readonly string[];
	readonly boot: BootFile;
}

/** The record in an artefact's folder. */
export const recordName = 'artefact.json';

/** Where each file of an artefact is in its folder. */
export const artefactFiles = {
	vmlinux: 'vmlinux',
	vmlinuxDebug: 'debug/vmlinux',
	systemMap: 'System.map',
	config: 'config',
	module: (name: string) => `modules/${name}.ko`,
	moduleDebug: (name: string) => `debug/${name}.ko`,
} as const;

export interface ArtefactOrigin {
	readonly spec: string;
	readonly origin: string;
	readonly version: KernelVersion;
}

/** The record of an artefact's folder; undefined when there is none, or none that we understand. */
export async function readStored(dir: string): Promise<StoredArtefact | undefined> {
	const text = await readFile(join(dir, recordName), 'utf8').catch(() => undefined);
	const stored: StoredArtefact | undefined = text === undefined ? undefined : JSON.parse(text);
	return stored?.layout === artefactLayout ? stored : undefined;
}

/** Reads an artefact's folder; undefined when it is not there. */
export async function loadArtefact(dir: string, from: ArtefactOrigin): Promise<KernelArtefact | undefined> {
	const stored = await readStored(dir);
	if (!stored) return undefined;
	return {
		id: basename(dir),
		identity: { spec: from.spec, origin: from.origin, ...stored.identity },
		version: from.version,
		dir,
		vmlinux: join(dir, artefactFiles.vmlinux),
		boot: join(dir, stored.boot),
		vmlinuxDebug: join(dir, artefactFiles.vmlinuxDebug),
		systemMap: join(dir, artefactFiles.systemMap),
		config: join(dir, artefactFiles.config),
		modules: stored.modules.map((module) => ({
			...module,
			path: join(dir, artefactFiles.module(module.name)),
			debugPath: join(dir, artefactFiles.moduleDebug(module.name)),
		})),
		builtins: stored.builtins,
	};
}
