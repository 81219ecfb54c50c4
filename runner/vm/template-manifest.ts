/** What is written down beside a saved machine, and whether the machine is still what was written. */

import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { hashFile } from '../util/hash.ts';

const schema = z.strictObject({
	key: z.string(),
	qemuVersion: z.string(),
	/** Of the host, where the RAM goes with its memory. */
	bootId: z.string().optional(),
	/** From start to an agent that answers. */
	bootMs: z.number(),
	state: z.strictObject({ bytes: z.number(), sha256: z.string() }),
	/** An absolute path, or one below the template's folder. */
	ram: z.strictObject({ path: z.string(), bytes: z.number(), allocatedBytes: z.number(), mtimeMs: z.number() }),
});

export type Manifest = z.output<typeof schema>;

/** Instead of a manifest: QEMU cannot save this machine. */
const refusalSchema = z.strictObject({ key: z.string(), qemuVersion: z.string(), cannotSave: z.string() });

export type Refusal = z.output<typeof refusalSchema>;

export const manifestName = 'manifest.json';
export const stateName = 'state';

/** Of the template in `dir`; undefined when there is none, or nothing of ours. */
export async function readManifest(dir: string): Promise<Manifest | Refusal | undefined> {
	const text = await readFile(join(dir, manifestName), 'utf8').catch(() => '{}');
	try {
		return z.union([schema, refusalSchema]).parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}

export function ramPath(dir: string, manifest: Manifest): string {
	return resolve(dir, manifest.ram.path);
}

/** What a manifest says of a state file. */
export async function describeState(path: string): Promise<Manifest['state']> {
	return { bytes: (await stat(path)).size, sha256: await hashFile(path) };
}

/** What a manifest says of a RAM file, whose content is too large to be read each time. */
export async function describeRam(path: string): Promise<Omit<Manifest['ram'], 'path'>> {
	const { size, blocks, mtimeMs } = await stat(path);
	return { bytes: size, allocatedBytes: blocks * 512, mtimeMs };
}

export interface Expected {
	readonly key: string;
	readonly qemuVersion: string;
	readonly bootId: string;
}

/** Why the template in `dir` must not be used; undefined when all is as it was saved. */
export async function findFlaw(dir: string, manifest: Manifest, expected: Expected): Promise<string | undefined> {
	const state = await describeState(join(dir, stateName)).catch(() => undefined);
	const ram = await describeRam(ramPath(dir, manifest)).catch(() => undefined);
	return compare(manifest, { ...expected, state, ram });
}

/** As findFlaw, of values. */
export function compare(
	manifest: Manifest,
	found: Expected & { readonly state: Manifest['state'] | undefined; readonly ram: Omit<Manifest['ram'], 'path'> | undefined },
): string | undefined {
	const { state, ram } = found;
	if (manifest.key !== found.key) return `it is the template ${manifest.key}`;
	if (manifest.qemuVersion !== found.qemuVersion) return `it was saved by ${manifest.qemuVersion}`;
	if (manifest.bootId !== undefined && manifest.bootId !== found.bootId) return 'the host was booted again';
	if (!state) return 'its state is gone';
	if (state.bytes !== manifest.state.bytes) return `its state has ${state.bytes} bytes instead of ${manifest.state.bytes}`;
	if (state.sha256 !== manifest.state.sha256) return 'its state was changed';
	if (!ram) return 'its RAM is gone';
	if (ram.bytes !== manifest.ram.bytes) return `its RAM has ${ram.bytes} bytes instead of ${manifest.ram.bytes}`;
	if (ram.mtimeMs !== manifest.ram.mtimeMs) return 'its RAM was written to';
	// More is fine: a clone that reads a hole makes tmpfs fill it with zeros. In memory less is, too: the kernel may take such pages back.
	if (manifest.bootId === undefined && ram.allocatedBytes < manifest.ram.allocatedBytes) return 'its RAM has holes that it did not have';
	return undefined;
}
