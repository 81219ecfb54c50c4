/** Soaks on disk: results/soak-<id>/state.json, written whole after each step, and the runs beside it. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Soak } from '../model/soak.ts';
import { messageOf, UserError } from '../util/errors.ts';
import { writeWhole } from '../util/files.ts';
import { tryLock } from '../util/lock.ts';

// "soak-20261121-014500-3fa9c1"
const folderName = /^soak-\d{8}-\d{6}-[0-9a-f]{6}$/;
export const soakFiles = { state: 'state.json', digest: 'digest.txt', series: 'series' } as const;

export function soakDir(results: string, id: string): string {
	return join(results, `soak-${id}`);
}

export async function saveSoak(results: string, state: Soak): Promise<void> {
	await writeWhole(join(soakDir(results, state.id), soakFiles.state), `${JSON.stringify(state, undefined, '\t')}\n`);
}

/** The newest one, ended or not. Throws a UserError when there is none, or when its state cannot be read. */
export async function latestSoak(results: string): Promise<Soak> {
	const newest = (await readdir(results))
		.filter((entry) => folderName.test(entry))
		.sort()
		.at(-1);
	if (newest === undefined) throw new UserError('there is no soak to go on with', { hint: './crucible soak --for 8h begins one' });
	const file = join(results, newest, soakFiles.state);
	try {
		return JSON.parse(await readFile(file, 'utf8')) as Soak;
	} catch (error) {
		throw new UserError(`cannot read ${file}: ${messageOf(error)}`, { hint: './crucible soak --for 8h begins another', cause: error });
	}
}

/** One process goes on with a soak; throws a UserError while another does. */
export async function lockSoak(results: string, id: string): Promise<AsyncDisposable> {
	const held = await tryLock(join(soakDir(results, id), 'lock'));
	if (held) return held;
	throw new UserError(`the soak ${id} is running`, {
		hint: 'kill -USR1 its process for a digest, or leave --resume away for another soak',
	});
}
