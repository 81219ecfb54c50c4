/** A short private folder for a machine's sockets and temporary files; those of processes that were killed are swept away. */

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exists } from '../util/files.ts';

const prefix = 'crucible-';

/** A new folder, readable by us only, with a path short enough for sockets (sun_path holds 107 bytes). */
export async function makePrivateDir(): Promise<string> {
	const parent = tmpdir().length > 60 ? '/tmp' : tmpdir();
	await sweep(parent);
	return mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

/** Removes our user's folders whose process is gone: a SIGKILL leaves one. */
async function sweep(parent: string): Promise<void> {
	for (const name of await readdir(parent)) {
		// "crucible-12345-Ab3dE6"
		const [, pid] = /^crucible-(\d+)-\w{6}$/.exec(name) ?? [];
		if (pid === undefined || (await exists(`/proc/${pid}`))) continue;
		const path = join(parent, name);
		const { uid } = await stat(path).catch(() => ({ uid: -1 }));
		if (uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
	}
}
