/** One file made equal to another, without touching what is equal already: its time is what make goes by. */

import { chmod, lstat, mkdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeWhole } from '../util/files.ts';

/** Makes `to` equal to `from` in content and mode, and absent when `from` is undefined or not there; a link stays a link, a folder is brought without what is in it. What is written is of now. */
export async function bring(from: string | undefined, to: string): Promise<void> {
	const wanted = from === undefined ? undefined : await lookAt(from);
	const present = await lookAt(to);
	if (wanted === undefined) {
		if (present) await rm(to, { recursive: true });
		return;
	}
	if (wanted.kind === present?.kind && wanted.content.equals(present.content)) {
		if (wanted.mode !== present.mode) await chmod(to, wanted.mode);
		return;
	}
	// A folder or a link may stand where a file is to be, and no file can be renamed over a folder.
	if (present && present.kind !== wanted.kind) await rm(to, { recursive: true });
	if (wanted.kind === 'folder') {
		await mkdir(to, { recursive: true });
		return;
	}
	if (wanted.kind === 'link') return replaceLink(wanted.content.toString(), to);
	await writeWhole(to, wanted.content, wanted.mode);
	// The mask of the process took some of it.
	await chmod(to, wanted.mode);
}

interface Entry {
	readonly kind: 'file' | 'link' | 'folder';
	/** A file's bytes, a link's target. */
	readonly content: Buffer;
	readonly mode: number;
}

async function lookAt(path: string): Promise<Entry | undefined> {
	const info = await lstat(path).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
		throw error;
	});
	if (info === undefined) return undefined;
	if (info.isSymbolicLink()) return { kind: 'link', content: Buffer.from(await readlink(path)), mode: 0o777 };
	if (info.isDirectory()) return { kind: 'folder', content: Buffer.alloc(0), mode: 0o777 };
	return { kind: 'file', content: await readFile(path), mode: info.mode & 0o777 };
}

async function replaceLink(target: string, to: string): Promise<void> {
	await rm(to, { force: true });
	await mkdir(dirname(to), { recursive: true });
	await symlink(target, to);
}
