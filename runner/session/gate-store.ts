/** Measurements with known bugs on disk: results/<id>-known-bugs/gate.json, written whole after each step, so that a killed one goes on. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gate } from '../model/gate.ts';
import { UserError } from '../util/errors.ts';
import { exists, writeWhole } from '../util/files.ts';
import { tryLock } from '../util/lock.ts';

// "20261121-014500-3fa9c1-known-bugs"
const folderName = /^\d{8}-\d{6}-[0-9a-f]{6}-known-bugs$/;
const stateFile = 'gate.json';

export function gateDir(results: string, id: string): string {
	return join(results, `${id}-known-bugs`);
}

export async function saveGate(results: string, gate: Gate): Promise<void> {
	await writeWhole(join(gateDir(results, gate.id), stateFile), `${JSON.stringify(gate, undefined, '\t')}\n`);
}

/** The id of the newest one that measured anything. Throws a UserError when there is none. */
export async function latestGate(results: string): Promise<string> {
	const names = (await readdir(results)).filter((entry) => folderName.test(entry)).sort();
	for (const name of names.reverse()) if (await exists(join(results, name, stateFile))) return name.replace(/-known-bugs$/, '');
	throw new UserError('there is no measurement to go on with', { hint: './crucible known-bugs makes one' });
}

/** One process goes on with a measurement; throws a UserError while another does. */
export async function lockGate(results: string, id: string): Promise<AsyncDisposable> {
	const held = await tryLock(join(gateDir(results, id), 'lock'));
	if (held) return held;
	throw new UserError(`the measurement ${id} is running`, { hint: 'wait for it, or leave --resume away for another measurement' });
}

export async function readGate(results: string, id: string): Promise<Gate> {
	return JSON.parse(await readFile(join(gateDir(results, id), stateFile), 'utf8')) as Gate;
}
