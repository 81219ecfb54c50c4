/** Names by content: equal bytes have equal names, whatever tree, folder or day they come from. */

import { readFile } from 'node:fs/promises';
import type { KernelIdentity } from '../model/run.ts';
import { hashOf } from '../util/hash.ts';

/** Build ids of an artefact's files, as hex; see readIdentity. */
export interface BuildIds {
	readonly vmlinux: string;
	readonly modules: Readonly<Record<string, string>>;
}

/**
 * 16 hex digits over vmlinux, .config and every module; the folder of an artefact. The build ids are in it because they stand for the debug
 * information: a build that differs in line numbers only runs the same, and its splats are symbolised with its own lines.
 */
export function identityId({ hashes }: Pick<KernelIdentity, 'hashes'>, buildIds: BuildIds): string {
	const sorted = (modules: Readonly<Record<string, string>>) => Object.entries(modules).sort(([a], [b]) => (a < b ? -1 : 1));
	const modules = [...sorted(hashes.modules).flat(), ...sorted(buildIds.modules).flat()];
	return hashOf(hashes.vmlinux, hashes.config, buildIds.vmlinux, ...modules).slice(0, 16);
}

/** Of what a guest is before modules come into it: templates hold for every build that has this in common. */
export function baseHash({ hashes }: Pick<KernelIdentity, 'hashes'>): string {
	return hashOf(hashes.vmlinux, hashes.config);
}

// The head of a build id's note: the name's and the id's lengths (4 and 20), NT_GNU_BUILD_ID, "GNU"; see elf(5).
const buildIdNote = Buffer.from('040000001400000003000000474e5500', 'hex');
const buildIdBytes = 20;

/**
 * A stripped kernel file's hash without its build ids, and the ids. The linker makes them of the whole file, debug information included, so
 * that a comment that moves a line changes them and nothing else. vmlinux holds the vDSO's too.
 */
export async function readIdentity(file: string): Promise<{ hash: string; buildId: string }> {
	const content = await readFile(file);
	const ids: string[] = [];
	for (let at = content.indexOf(buildIdNote); at >= 0; at = content.indexOf(buildIdNote, at + 1)) {
		const id = content.subarray(at + buildIdNote.length, at + buildIdNote.length + buildIdBytes);
		ids.push(id.toString('hex'));
		id.fill(0);
	}
	return { hash: hashOf(content), buildId: ids.join(' ') };
}
