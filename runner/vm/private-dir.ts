/** A private folder for a machine's sockets and temporary files. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removedWhenKilled } from '../util/janitor.ts';

export interface PrivateDir extends AsyncDisposable {
	readonly path: string;
}

/**
 * A new folder, readable by us only, gone when disposed, or when we are killed. Unless a parent is named, its path is short enough for
 * sockets (sun_path holds 107 bytes).
 */
export async function makePrivateDir(parent = tmpdir().length > 60 ? '/tmp' : tmpdir()): Promise<PrivateDir> {
	const path = await mkdtemp(join(parent, `crucible-${process.pid}-`));
	const guard = removedWhenKilled(path);
	return {
		path,
		async [Symbol.asyncDispose]() {
			await rm(path, { recursive: true, force: true });
			guard[Symbol.dispose]();
		},
	};
}
