/** Names by content: equal bytes have equal names, whatever tree, folder or day they come from. */

import type { KernelIdentity } from '../model/run.ts';
import { hashOf } from '../util/hash.ts';

/** 16 hex digits over vmlinux, .config and every module; the folder of an artefact. */
export function identityId({ hashes }: Pick<KernelIdentity, 'hashes'>): string {
	const modules = Object.entries(hashes.modules).sort(([a], [b]) => (a < b ? -1 : 1));
	return hashOf(hashes.vmlinux, hashes.config, ...modules.flat()).slice(0, 16);
}

/** Of what a guest is before modules come into it: templates hold for every build that has this in common. */
export function baseHash({ hashes }: Pick<KernelIdentity, 'hashes'>): string {
	return hashOf(hashes.vmlinux, hashes.config);
}
