/** Brings a suite into a fresh guest: its folder, the shared library, its programs, the modules under test. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../vm/machine.ts';
import { pushFiles, pushMs } from '../vm/push-files.ts';
import type { Suite } from './load.ts';

/** Where things are in the guest. */
export const guestPaths = {
	suites: '/crucible/suites',
	lib: '/crucible/lib',
	bin: '/crucible/bin',
	modules: '/crucible/modules',
	caseDir: '/run/case',
} as const;

/** Files on the host that a suite needs in the guest, made before the machine starts. */
export interface Provisions {
	/** suites/lib on the host. */
	readonly lib: string;
	readonly programs: readonly { readonly name: string; readonly path: string }[];
	/** Modules under test in load order: the stripped .ko on the host. */
	readonly modules: readonly { readonly name: string; readonly path: string }[];
	/** Modules of ours that cases load themselves. */
	readonly kernelModules: readonly { readonly name: string; readonly path: string }[];
	/** Host folders whose content disks begin with, by the disk's name. */
	readonly contents: Readonly<Record<string, string>>;
}

/** Pushes everything; once per machine. A guest that does not take it in time is a DeadlineError. */
export async function provision(machine: Machine, suite: Suite, provisions: Provisions, signal: AbortSignal): Promise<void> {
	const files = await filesOf(suite, provisions);
	const all = files.map(({ from, to, mode }) => ({ path: to, content: { file: from }, mode }));
	const timeoutMs = pushMs * machine.timeoutScale;
	await machine.watch(() => pushFiles(machine.agent, all, { timeoutMs, signal }));
}

interface ProvisionedFile {
	/** On the host. */
	readonly from: string;
	/** In the guest. */
	readonly to: string;
	readonly mode: number;
}

/** Every file that a suite has in its guests, in a stable order. */
export async function filesOf(suite: Suite, provisions: Provisions): Promise<ProvisionedFile[]> {
	const folders = [
		{ from: provisions.lib, to: guestPaths.lib },
		{ from: suite.dir, to: `${guestPaths.suites}/${suite.name}` },
	];
	const files = (await Promise.all(folders.map(({ from, to }) => filesBelow(from, to)))).flat();
	const single = [
		...provisions.programs.map(({ name, path }) => ({ from: path, to: `${guestPaths.bin}/${name}`, mode: 0o755 })),
		...[...provisions.modules, ...provisions.kernelModules].map(({ name, path }) => ({
			from: path,
			to: `${guestPaths.modules}/${name}.ko`,
			mode: 0o644,
		})),
	];
	return [...files, ...single].sort((a, b) => (a.to < b.to ? -1 : 1));
}

/** Regular files below a folder, TypeScript left out: scenarios stay on the host. */
async function filesBelow(from: string, to: string): Promise<ProvisionedFile[]> {
	const entries = await readdir(from, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile() && !/\.(ts|md)$/.test(entry.name));
	return Promise.all(
		files.map(async (entry) => {
			const path = join(entry.parentPath, entry.name);
			return { from: path, to: `${to}${path.slice(from.length)}`, mode: (await stat(path)).mode & 0o777 };
		}),
	);
}
