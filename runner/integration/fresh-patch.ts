/** Patches of Debian's 6.12 that nobody has built before, for tests that must see a build. */

import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import { folders } from '../config/settings.ts';
import { originalsIn } from '../kernel/series.ts';
import { type KernelSource, openSource } from '../kernel/source.ts';
import { exec } from '../util/exec.ts';

/** Debian's 6.12, as `crucible` opens it. */
export function debianSource(): Promise<KernelSource> {
	return openSource('debian:6.12', { cacheDir: folders.cache, cwd: checkout.top });
}

/** C code for data that is in the object whatever the compiler thinks of it, other data each time. */
export function plantedData(): string {
	return `\nstatic const unsigned long crucible_planted __attribute__((used)) = ${unique()}UL;\n`;
}

/** Digits that were not there before. */
export function unique(): string {
	return `${process.pid}${Date.now()}`;
}

/** Writes `<name>.patch`, which makes `edit(text)` of a file's text; gone when the test ends. */
export async function freshPatch(
	t: { teardown(work: () => Promise<void>): void },
	name: string,
	path: string,
	edit: (text: string) => string,
): Promise<string> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-patch-'));
	t.teardown(() => rm(dir, { recursive: true }));
	// The tree may have a series on.
	const copyOriginals = await originalsIn((await debianSource()).tree);
	await copyOriginals([path], dir);
	await rename(join(dir, path), join(dir, 'old'));
	await writeFile(join(dir, 'new'), edit(await readFile(join(dir, 'old'), 'utf8')));
	const diff = await exec('diff', ['-u', '--label', `a/${path}`, '--label', `b/${path}`, 'old', 'new'], { cwd: dir, allowFailure: true });
	const file = join(dir, `${name}.patch`);
	await writeFile(file, `${diff.stdout}\n`);
	return file;
}
