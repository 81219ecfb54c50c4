/** A tarball unpacked once, whole or not at all. */

import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists, makeWhole } from '../util/files.ts';

interface UnpackOptions {
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: (progress: { readonly detail: string }) => void;
}

/** Unpacks `archive` so that its top is `folder`; does nothing when that exists. The caller holds the folder's lock. */
export async function unpack(archive: string, folder: string, options: UnpackOptions): Promise<void> {
	if (await exists(folder)) return;
	await removeLeftOvers(folder);
	options.onProgress?.({ detail: `unpacking ${basename(archive)}` });
	await makeWhole(folder, async (aside) => {
		// A sub-folder of its own, because the archive's own top folder may be called anything.
		const raw = join(aside, '.raw');
		await mkdir(raw);
		await exec('tar', ['--extract', '--file', archive, '--directory', raw, '--no-same-owner'], { signal: options.signal }).catch(
			(error: unknown) => {
				options.signal?.throwIfAborted();
				if (/No space left|Cannot write/.test(messageOf(error))) throw error;
				throw new UserError(`cannot unpack ${archive}: ${lastLine(messageOf(error))}`, {
					hint: `tar --list --file ${archive}`,
					cause: error,
				});
			},
		);
		const names = await readdir(raw);
		const [only] = names;
		const top = names.length === 1 && only !== undefined && !(await exists(join(raw, 'Makefile'))) ? join(raw, only) : raw;
		if (!(await exists(join(top, 'Makefile'))))
			throw new UserError(`${archive} holds no kernel tree: there is no Makefile at its top`, {
				hint: `tar --list --file ${archive} | head`,
			});
		for (const name of await readdir(top)) await rename(join(top, name), join(aside, name));
		if (top !== raw) await rmdir(top);
		await rmdir(raw);
	});
}

/** Removes what killed runs left beside `path`. The caller holds its lock, so nobody is at work there. */
export async function removeLeftOvers(path: string): Promise<void> {
	const prefix = `.aside-${basename(path)}-`;
	const names = await readdir(dirname(path)).catch(() => []);
	for (const name of names) if (name.startsWith(prefix)) await rm(join(dirname(path), name), { recursive: true, force: true });
}

function lastLine(text: string): string {
	// tar's last line is "Exiting with failure status due to previous errors"; the one before tells why.
	return (
		text
			.trim()
			.split('\n')
			.filter((line) => !line.includes('Exiting with failure') && !line.includes('not recoverable'))
			.at(-1) ?? text
	);
}
