/** A kernel's source from what the user typed: found or unpacked, checked, and named precisely. */

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import { lock } from '../util/lock.ts';
import { findDebianSource } from './debian.ts';
import { filesAt, type GitCommit, resolveCommit } from './git.ts';
import type { Patch } from './patch.ts';
import { parseSourceSpec, safeName } from './source-spec.ts';
import { unpack } from './tarball.ts';
import { filesIn, type KernelVersion, readTree, requireCleanTree } from './tree.ts';

export interface KernelSource {
	readonly spec: string;
	/** Precisely where it came from: `Debian linux-source-6.12 6.12.117-1~deb12u1`, `git 1a2b3c... of linux`. */
	readonly origin: string;
	/** Stable between runs and safe as a folder's name; builds are kept under it. */
	readonly name: string;
	readonly tree: string;
	/** Ours, in the cache: nobody else edits it, so it may be patched, and an unchanged one need not be built again. */
	readonly isOurs: boolean;
	readonly version: KernelVersion;
	/** What the tree has to be brought to, when it is a clone of ours that other refs share. */
	readonly commit?: GitCommit;
	/** The user's folder that `tree` is to be a copy of. */
	readonly follows?: string;
	/** The series on top, in order; see prepare.ts. */
	readonly patches: readonly Patch[];
}

export interface SourceOptions {
	readonly cacheDir: string;
	readonly cwd: string;
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: (progress: { readonly detail: string }) => void;
}

/**
 * Opens `spec` (see source-spec.ts), unpacking an archive into `<cache>/sources/` where needed. Nothing is checked out, copied or patched
 * yet: prepareTree does that when there is something to build. Bad input is a UserError with a hint.
 */
export async function openSource(spec: string, options: SourceOptions): Promise<KernelSource> {
	const parsed = parseSourceSpec(spec, options.cwd);
	switch (parsed.kind) {
		case 'debian': {
			const { version, archive } = await findDebianSource(parsed.series, options.signal);
			return unpacked(
				archive,
				safeName(`debian-${parsed.series}-${version}`),
				`Debian linux-source-${parsed.series} ${version}`,
				spec,
				options,
			);
		}
		case 'tarball': {
			const info = await stat(parsed.path).catch(() => undefined);
			if (!info?.isFile()) throw new UserError(`there is no tarball ${parsed.path}`, { hint: 'check the path given to --kernel' });
			const name = safeName(`tar-${basename(parsed.path)}-${shortHash(`${parsed.path} ${info.size} ${info.mtimeMs}`)}`);
			return unpacked(parsed.path, name, `tarball ${basename(parsed.path)}`, spec, options);
		}
		case 'directory': {
			const info = await stat(parsed.path).catch(() => undefined);
			if (!info?.isDirectory())
				throw new UserError(info ? `${parsed.path} is neither a folder nor a tarball` : `there is no ${parsed.path}`, {
					hint: '--kernel takes debian:6.12, a directory, a tarball, or a git repository with #ref',
				});
			const version = await readTree(filesIn(parsed.path), spec);
			await requireCleanTree(parsed.path);
			const name = safeName(`dir-${basename(parsed.path)}-${shortHash(parsed.path)}`);
			return { spec, origin: `directory ${parsed.path}`, name, tree: parsed.path, isOurs: false, version, patches: [] };
		}
		case 'git': {
			const commit = await resolveCommit(parsed.repository, parsed.ref, options.signal);
			const name = safeName(`git-${basename(commit.repository)}-${shortHash(commit.repository)}`);
			const tree = join(options.cacheDir, 'sources', name);
			const version = await readTree(filesAt(commit, options.signal), spec);
			const origin = `git ${commit.id} of ${basename(commit.repository)}`;
			return { spec, origin, name, tree, isOurs: true, version, commit, patches: [] };
		}
	}
}

async function unpacked(archive: string, name: string, origin: string, spec: string, options: SourceOptions): Promise<KernelSource> {
	const tree = join(options.cacheDir, 'sources', name);
	// It is whole or absent: who only wants to know of it does not wait for who builds in it.
	if (!(await exists(tree))) {
		await using _held = await lockTree(tree, options);
		await unpack(archive, tree, options);
	}
	return { spec, origin, name, tree, isOurs: true, version: await readTree(filesIn(tree), spec), patches: [] };
}

/** One process at a time changes or builds a tree of ours. */
export async function lockTree(tree: string, options: Pick<SourceOptions, 'signal' | 'onProgress'>): Promise<AsyncDisposable> {
	return lock(`${tree}.lock`, {
		signal: options.signal,
		onWait: () => options.onProgress?.({ detail: `waiting for another crucible to leave ${tree}` }),
	});
}

function shortHash(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
