/** A user's xfstests tree, built in a copy of ours: by the content of its files, so that the checkout is never touched and nothing is built twice. */

import { lstat, mkdir, readdir, readlink, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { errorLines, firstError, isHostFailure } from '../kernel/make-output.ts';
import { InfraError, KernelError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists, makeWhole } from '../util/files.ts';
import { hashFile, hashOf } from '../util/hash.ts';
import { lock } from '../util/lock.ts';
import { count } from '../util/text.ts';

interface BuildOptions {
	readonly cacheDir: string;
	/** Compilers at work side by side. */
	readonly jobs: number;
	readonly signal: AbortSignal;
	readonly onProgress: (detail: string) => void;
}

// Counts changes of how a tree is built.
const builderVersion = 1;

/**
 * The folder below `cacheDir` with the tree of `dir`, built. It holds the files that git tracks or would add, so that what the user has
 * built does not come along; without git, all files. A tree that does not build is a KernelError with make's lines.
 */
export async function buildTree(dir: string, options: BuildOptions): Promise<string> {
	const { cacheDir, signal, onProgress } = options;
	const files = await filesOf(dir, signal);
	const compiler = await exec('gcc', ['--version'], { signal });
	const content = await Promise.all(files.map((file) => contentOf(dir, file)));
	const key = hashOf(`${builderVersion}`, compiler.stdout, ...content.flat()).slice(0, 16);
	const built = join(cacheDir, 'xfstests', key);
	if (await exists(built)) return built;
	await using _held = await lock(join(cacheDir, 'xfstests', '.lock'), { signal, onWait: () => onProgress('waiting for another build') });
	if (await exists(built)) return built;
	await makeWhole(built, async (aside) => {
		onProgress(`copying ${count(files.length, 'file')}`);
		await mkdir(aside, { recursive: true });
		await exec('rsync', ['-a', '--from0', '--files-from=-', `${dir}/`, `${aside}/`], { input: files.join('\0'), signal });
		await make(dir, aside, options);
		await removeObjects(aside);
	});
	return built;
}

/** Paths below `dir`, sorted. */
async function filesOf(dir: string, signal: AbortSignal): Promise<string[]> {
	// A checkout of another user is read all the same: nothing of it is run by git.
	const listed = await exec('git', ['-c', 'safe.directory=*', '-C', dir, 'ls-files', '-z', '-co', '--exclude-standard', '--deduplicate'], {
		env: { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined },
		allowFailure: true,
		signal,
	});
	const named = listed.exitCode === 0 ? listed.stdout.split('\0').filter(Boolean) : [];
	// Not a repository, or a folder that a repository ignores.
	const all = named.includes('check') ? named : (await walk(dir)).filter((path) => !/^(?:\.git\/|results\/|local\.config$)/.test(path));
	const there = await Promise.all(all.map(async (path) => ({ path, isThere: await isFileOrLink(join(dir, path)) })));
	return there
		.filter(({ isThere }) => isThere)
		.map(({ path }) => path)
		.sort();
}

async function walk(dir: string): Promise<string[]> {
	const entries = await readdir(dir, { recursive: true, withFileTypes: true });
	return entries.map((entry) => relative(dir, join(entry.parentPath, entry.name)));
}

/** Tracked files may be gone. */
async function isFileOrLink(path: string): Promise<boolean> {
	const info = await lstat(path).catch(() => undefined);
	return info !== undefined && (info.isFile() || info.isSymbolicLink());
}

async function contentOf(dir: string, file: string): Promise<string[]> {
	const path = join(dir, file);
	const info = await lstat(path);
	return [file, info.isSymbolicLink() ? await readlink(path) : `${info.mode & 0o111} ${await hashFile(path)}`];
}

async function make(dir: string, tree: string, { jobs, signal, onProgress }: BuildOptions): Promise<void> {
	const lines: string[] = [];
	const env = { LC_ALL: 'C', MAKEFLAGS: undefined, MAKELEVEL: undefined };
	const result = await exec('make', ['-C', tree, `-j${jobs}`], {
		env,
		allowFailure: true,
		signal,
		onLine: (line) => {
			lines.push(line);
			onProgress(line.trim().slice(0, 100));
		},
	});
	if (result.exitCode === 0) return;
	const log = errorLines(lines);
	if (isHostFailure(lines)) throw new InfraError(`make could not build ${dir}: ${log.at(-1)}`);
	const first = firstError(log);
	throw new KernelError('build', `xfstests does not build: ${dir}${first === undefined ? '' : `: ${first}`}`, log);
}

/** Objects and archives are of no use in a guest. */
async function removeObjects(tree: string): Promise<void> {
	for (const path of (await walk(tree)).filter((file) => /\.(?:o|lo|la|a)$/.test(file))) await rm(join(tree, path), { force: true });
}
