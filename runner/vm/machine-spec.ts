/** What a machine is made of, as plain data: the same spec gives the same QEMU line on any worker. */

export interface MachineSpec {
	/** An uncompressed vmlinux with CONFIG_PVH=y (boots without a decompressor), or a bzImage. */
	readonly kernel: string;
	readonly initrd: string;
	/** Added to the fixed command line of qemu-args.ts. */
	readonly cmdline?: string;
	readonly cpus: number;
	readonly memoryMiB: number;
	readonly accel: Accel;
	/** How the guest's time goes; under KVM always `real`. */
	readonly clock?: Clock;
	readonly disks?: readonly Disk[];
	readonly shares?: readonly Share[];
	/** Appended as they are. */
	readonly extraArgs?: readonly string[];
}

export type Accel = 'kvm' | 'tcg';

/**
 * `warp`: the guest's time is counted in its instructions, and leaps to the next timer while every CPU idles, so that waiting costs
 * nothing. It leaps while the guest waits for us, too: a disk's answer or the next command may come many guest seconds later.
 */
export type Clock = 'real' | 'warp';

/** A virtio-blk disk; the guest finds it by its serial number, which is `name` (at most 20 characters). */
export interface Disk {
	readonly name: string;
	readonly path: string;
	readonly format: 'raw' | 'qcow2';
	readonly readOnly?: boolean;
}

/** A host folder under the mount tag `tag` (at most 31 characters). A machine with virtiofs cannot be saved: it is booted. */
export interface Share {
	readonly tag: string;
	readonly path: string;
	/** QEMU's own 9p server, unless said otherwise. */
	readonly kind?: ShareKind;
}

export const shareKinds = ['9p', 'virtiofs'] as const;
export type ShareKind = (typeof shareKinds)[number];

/** The virtio-serial ports, in the order of their numbers; the guest knows them by name. */
export const portNames = ['crucible.agent', 'crucible.results', 'crucible.trace', 'crucible.ssh'] as const;
