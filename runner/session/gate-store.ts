/** Measurements with known bugs on disk: results/<id>-known-bugs/gate.json, written whole after each step, so that a killed one goes on. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gate } from '../model/gate.ts';
import { UserError } from '../util/errors.ts';
import { writeWhole } from '../util/files.ts';

// "20261121-014500-3fa9c1-known-bugs"
const name = /^\d{8}-\d{6}-[0-9a-f]{6}-known-bugs$/;

export function gateDir(results: string, id: string): string {
	return join(results, `${id}-known-bugs`);
}

export async function saveGate(results: string, gate: Gate): Promise<void> {
	await writeWhole(join(gateDir(results, gate.id), 'gate.json'), `${JSON.stringify(gate, undefined, '\t')}\n`);
}

/** The newest one. Throws a UserError when there is none. */
export async function latestGate(results: string): Promise<Gate> {
	const newest = (await readdir(results))
		.filter((entry) => name.test(entry))
		.sort()
		.at(-1);
	if (newest === undefined) throw new UserError('there is no measurement to go on with', { hint: './crucible known-bugs makes one' });
	return JSON.parse(await readFile(join(results, newest, 'gate.json'), 'utf8')) as Gate;
}
