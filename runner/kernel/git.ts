/** Kernels from a git repository: a clone of ours that borrows the user's objects and never touches the user's checkout. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists, makeWhole } from '../util/files.ts';
import { didYouMean } from '../util/text.ts';
import type { CopyOriginals } from './stage-series.ts';
import { removeLeftOvers } from './tarball.ts';
import type { TreeFiles } from './tree.ts';

export interface GitCommit {
	/** Absolute path of the user's repository: its top, or the bare folder. */
	readonly repository: string;
	/** 40 hex digits. */
	readonly id: string;
}

interface GitOptions {
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: (progress: { readonly detail: string }) => void;
}

// A hook or `git rebase --exec` may have set these for the user's repository; ours must not follow them.
const noOverrides = {
	GIT_DIR: undefined,
	GIT_WORK_TREE: undefined,
	GIT_INDEX_FILE: undefined,
	GIT_OBJECT_DIRECTORY: undefined,
	LC_ALL: 'C',
};

async function git(folder: string, args: readonly string[], signal?: AbortSignal, allowFailure = false) {
	return exec('git', ['-C', folder, ...args], { env: noOverrides, signal, allowFailure });
}

/** Finds the commit `ref` names. Throws UserError when the path is no repository (with git's reason) or has no such ref (with near names). */
export async function resolveCommit(repository: string, ref: string, signal?: AbortSignal): Promise<GitCommit> {
	if (!(await exists(repository))) throw new UserError(`there is no ${repository}`, { hint: 'check the path before the #' });
	const top = await git(repository, ['rev-parse', '--path-format=absolute', '--git-common-dir'], signal, true);
	if (top.exitCode !== 0)
		throw new UserError(`${repository} is not a usable git repository: ${top.stderr.trim().split('\n')[0]}`, {
			hint: `git -C ${repository} status`,
		});
	const found = await git(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], signal, true);
	if (found.exitCode !== 0) {
		const known = await git(repository, ['for-each-ref', '--format=%(refname:short)'], signal);
		const hint = didYouMean(ref, known.stdout.split('\n').filter(Boolean)) ?? `git -C ${repository} fetch --tags`;
		throw new UserError(`${repository} has no commit named "${ref}"`, { hint });
	}
	return { repository: top.stdout.trim().replace(/\/\.git$/, ''), id: found.stdout.trim() };
}

/** The files of a commit, read from the user's repository without checking anything out. */
export function filesAt({ repository, id }: GitCommit, signal?: AbortSignal): TreeFiles {
	return {
		async read(path) {
			const shown = await git(repository, ['show', `${id}:${path}`], signal, true);
			return shown.exitCode === 0 ? shown.stdout : undefined;
		},
		has: async (path) => (await git(repository, ['cat-file', '-e', `${id}:${path}`], signal, true)).exitCode === 0,
	};
}

/** Copies files of a commit as a checkout would write them. */
export function copyFromCommit({ repository, id }: GitCommit, signal?: AbortSignal): CopyOriginals {
	return async (paths, folder) => {
		if (paths.length === 0) return;
		const listed = await git(repository, ['ls-tree', '-z', '-r', '--name-only', '--full-tree', id, '--', ...paths], signal);
		const there = listed.stdout.split('\0').filter((path) => paths.includes(path));
		const index = join(folder, '.git-index');
		const env = { ...noOverrides, GIT_INDEX_FILE: index };
		await exec('git', ['-C', repository, 'read-tree', id], { env, signal });
		// A bare repository has no work tree of its own.
		await exec('git', ['-C', repository, `--work-tree=${folder}`, 'checkout-index', '--', ...there], { env, signal });
		await rm(index);
	};
}

// A kill in the midst of a checkout leaves HEAD moved and files missing; this file says that it ended.
const mark = '.git/crucible-complete';

/** Whether the clone at `tree` is at `commit`, with every file. */
export async function isAt(tree: string, commit: GitCommit): Promise<boolean> {
	if (!(await exists(join(tree, mark)))) return false;
	return (await git(tree, ['rev-parse', 'HEAD'], undefined, true)).stdout.trim() === commit.id;
}

/**
 * Brings the clone at `tree` to `commit`; files that do not differ keep their times, so the next build is a small one.
 * The caller holds the tree's lock, and has taken any series off.
 */
export async function checkOut(tree: string, commit: GitCommit, options: GitOptions): Promise<void> {
	if (await isAt(tree, commit)) return;
	options.onProgress?.({ detail: `checking out ${commit.id.slice(0, 12)}` });
	if (!(await exists(join(tree, '.git')))) {
		await removeLeftOvers(tree);
		await makeWhole(tree, async (aside) => {
			await exec('git', ['clone', '--quiet', '--shared', '--no-checkout', commit.repository, aside], {
				env: noOverrides,
				signal: options.signal,
			}).catch((error: unknown) => {
				options.signal?.throwIfAborted();
				throw new UserError(`cannot clone ${commit.repository}: ${messageOf(error)}`, { cause: error });
			});
		});
	}
	await rm(join(tree, mark), { force: true });
	await rm(join(tree, '.git/index.lock'), { force: true });
	// A file that was written again with the content it had is then known as unchanged, and keeps its time.
	await git(tree, ['update-index', '-q', '--refresh'], options.signal, true);
	await git(tree, ['checkout', '--quiet', '--force', '--detach', commit.id], options.signal);
	await git(tree, ['clean', '--quiet', '--force', '-d', '-x'], options.signal);
	await exec('touch', [join(tree, mark)]);
}
