/** The name of a template: everything its saved machine depends on. */

import { hashOf } from '../util/hash.ts';
import type { MachineSpec } from './machine-spec.ts';
import { qemuArgs } from './qemu-args.ts';

/** Counts changes of how templates are made and kept; older ones are not used then. */
export const templateVersion = 1;

export interface TemplateFacts {
	/** Of the file that boots, or of anything that determines it. */
	readonly kernelHash: string;
	readonly initrdHash: string;
	/** First line of `qemu --version`. */
	readonly qemuVersion: string;
	/** Size of each disk as the guest sees it, by name. */
	readonly diskBytes: Readonly<Record<string, number>>;
	/** Of the host, under KVM: the guest's CPU is the host's. */
	readonly cpuModel?: string | undefined;
}

/** 16 hex digits. Paths of disks and shares are not in it, for each clone brings its own; nor is a disk's content: a guest reads it when a case runs. */
export function templateKey(spec: MachineSpec, facts: TemplateFacts): string {
	const shape: MachineSpec = {
		...spec,
		kernel: facts.kernelHash,
		initrd: facts.initrdHash,
		disks: (spec.disks ?? []).map((disk) => ({ ...disk, path: `${facts.diskBytes[disk.name]}`, format: 'raw' as const })),
		shares: (spec.shares ?? []).map((share) => ({ ...share, path: '' })),
	};
	const line = qemuArgs(shape, { sockets: '', ram: { path: '', isShared: true } });
	return hashOf(`${templateVersion}`, facts.qemuVersion, facts.cpuModel ?? '', ...line).slice(0, 16);
}

/** Of a template that is another one with something brought into it. */
export function stageKey(base: string, contentHash: string): string {
	return hashOf('stage', base, contentHash).slice(0, 16);
}
