/** From a recipe to the files of a guest. */

import { lstat, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InfraError, UserError } from '../util/errors.ts';
import type { CpioEntry } from './cpio.ts';
import { closure, mergedPath, type Placed, resolveIn } from './libraries.ts';
import { type BuildOptions, preparePackages } from './packages.ts';
import { compileProgram } from './program.ts';
import type { Recipe } from './recipe.ts';
import { listApplets } from './steps.ts';

export interface Contents {
	readonly entries: readonly CpioEntry[];
	/** Version of each package something may come from. */
	readonly versions: Readonly<Record<string, string>>;
	/** Files taken from this machine because no package of the recipe has them. */
	readonly hostFiles: readonly string[];
}

// Debian has merged /usr; the kernel's devtmpfs is not there yet when init is started.
const skeleton: readonly CpioEntry[] = [
	...['bin', 'sbin', 'lib', 'lib64'].map((name): CpioEntry => ({ type: 'link', path: `/${name}`, target: `usr/${name}` })),
	{ type: 'device', path: '/dev/console', mode: 0o600, kind: 'c', major: 5, minor: 1 },
	{ type: 'device', path: '/dev/null', mode: 0o666, kind: 'c', major: 1, minor: 3 },
];

/** Everything that goes into the image whose recipe lies in `folder`. */
export async function collect(recipe: Recipe, folder: string, options: BuildOptions): Promise<Contents> {
	const { root, versions } = await preparePackages(recipe.packages, options);
	const roots = [root, '/'];
	const binaries = await Promise.all(
		[...recipe.binaries, ...(recipe.busybox ? [recipe.busybox] : [])].map((path) => place(path, roots, folder)),
	);
	const libraries = await closure(binaries, recipe.libraries, roots);
	const ours = await compile(recipe, folder, options);
	const own: CpioEntry[] = [
		{ type: 'link', path: '/init', target: recipe.init },
		...Object.entries(recipe.files).map(([path, text]): CpioEntry => ({ type: 'file', path, mode: 0o644, data: Buffer.from(text) })),
		...Object.entries(recipe.links).map(([path, target]): CpioEntry => ({ type: 'link', path, target })),
		...Object.entries(recipe.directories).map(([path, mode]): CpioEntry => ({ type: 'directory', path, mode: Number.parseInt(mode, 8) })),
	];
	const applets = recipe.busybox === undefined ? [] : await appletLinks(recipe, roots, options.signal);
	// Loaders and libraries too: the kernel starts nothing without the x bit.
	const programs = await Promise.all(
		[...binaries, ...libraries, ...ours].map(
			async ({ path, source }): Promise<CpioEntry> => ({ type: 'file', path, mode: 0o755, data: await readFile(source) }),
		),
	);
	if (![...own, ...applets, ...programs].some(({ path }) => path === mergedPath(recipe.init)))
		throw new UserError(`${recipe.init}, which is to become PID 1, is not in the image`, { at: await positionOf(recipe.init, folder) });
	return {
		entries: [...skeleton, ...own, ...applets, ...programs],
		versions,
		hostFiles: [...binaries, ...libraries].map(({ source }) => source).filter((source) => !source.startsWith(`${root}/`)),
	};
}

async function place(path: string, roots: readonly string[], folder: string): Promise<Placed> {
	for (const root of roots) {
		const source = await resolveIn(root, path);
		if (source === undefined) continue;
		if (!(await lstat(source)).isFile()) throw new UserError(`${path} is not a file`, { at: await positionOf(path, folder) });
		return { path: mergedPath(path), source };
	}
	throw new UserError(`${path} is neither in the image's packages nor on this machine`, {
		at: await positionOf(path, folder),
		hint: 'add the Debian package that holds it under packages:',
	});
}

/** Where the recipe first names `word`. */
async function positionOf(word: string, folder: string) {
	const file = join(folder, 'image.yaml');
	const lines = (await readFile(file, 'utf8')).split('\n');
	const line = lines.findIndex((text) => text.includes(word));
	return line < 0 ? { file } : { file, line: line + 1, column: (lines[line]?.indexOf(word) ?? 0) + 1 };
}

async function compile(recipe: Recipe, folder: string, options: BuildOptions): Promise<Placed[]> {
	const programs = [];
	for (const [name, sources] of Object.entries(recipe.programs)) {
		options.onProgress?.(`compiling ${name}`);
		const files = [sources].flat().map((source) => join(folder, source));
		programs.push({ path: `/crucible/bin/${name}`, source: await compileProgram(files, name, options.cacheDir, options.signal) });
	}
	return programs;
}

async function appletLinks(recipe: Recipe, roots: readonly string[], signal: AbortSignal | undefined): Promise<CpioEntry[]> {
	const path = recipe.busybox ?? '';
	const source = (await Promise.all(roots.map((root) => resolveIn(root, path)))).find((found) => found !== undefined);
	const result = await listApplets(source ?? path, { signal });
	if (!result.ok) throw new InfraError(`${source} --list failed: ${result.stderr.trim()}`);
	const taken = new Set(
		[...recipe.binaries, path, ...Object.keys(recipe.links), ...Object.keys(recipe.files)].map((file) => basename(file)),
	);
	const names = result.stdout.split('\n').filter((name) => name !== '' && !taken.has(name));
	return names.map((name): CpioEntry => ({ type: 'link', path: `/usr/bin/${name}`, target: mergedPath(path) }));
}
