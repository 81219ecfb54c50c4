/** A machine's QEMU command line, from its spec. */

import { join } from 'node:path';
import { UserError } from '../util/errors.ts';
import { doubleCommas, shellQuote } from '../util/text.ts';
import { type MachineSpec, portNames } from './machine-spec.ts';
import { type EventLog, icountOf, logged, loggedCmdline, loggedPorts } from './rr-args.ts';

export const qemu = 'qemu-system-x86_64';

/** Of a machine whose sockets are in `sockets`. */
export function socketPaths(sockets: string) {
	return {
		qmp: join(sockets, 'qmp'),
		console: join(sockets, 'console'),
		virtiofs: (tag: string) => join(sockets, `${tag}.fs`),
		ports: Object.fromEntries(portNames.map((name) => [name, join(sockets, name.replace('crucible.', ''))])) as Record<
			(typeof portNames)[number],
			string
		>,
	};
}

/**
 * panic=-1 resets at once and -no-reboot ends QEMU then. nokaslr: frames keep the addresses of vmlinux, and holds need them.
 * unknown_nmi_panic: an NMI from the host makes a hanging kernel print its stack.
 * no_timer_check: under TCG on a loaded host the check finds too few ticks and panics ("IO-APIC + timer doesn't work!").
 */
export const commonCmdline =
	'console=ttyS0 panic=-1 kasan_multi_shot printk.time=1 hung_task_panic=0 unknown_nmi_panic nokaslr no_timer_check';

export interface QemuFiles {
	/** The folder for the sockets; their paths must stay below 108 bytes. */
	readonly sockets: string;
	/** Where QEMU logs the reads that its 9p server answers; absent when nobody asked. */
	readonly ninepTrace?: string;
	/** The guest's memory as a file: `shared` writes to it, else it is the beginning of a memory of our own. */
	readonly ram?: { readonly path: string; readonly isShared: boolean };
	/** Everything that reaches the guest from outside is written there, or comes from there. */
	readonly log?: EventLog | undefined;
}

/** The arguments after `qemu-system-x86_64`. Throws a UserError for a name that QEMU would cut short or refuse. */
export function qemuArgs(spec: MachineSpec, files: QemuFiles): string[] {
	const sockets = socketPaths(files.sockets);
	const { disks = [], shares = [], extraArgs = [] } = spec;
	const { log } = files;
	const virtio = (options: string) => (log ? logged(options) : options);
	for (const { name } of disks) checkName('disk', name, 20);
	for (const { tag } of shares) checkName('share', tag, 31);
	const ninepShares = shares.filter(({ kind }) => kind !== 'virtiofs');
	const virtiofsShares = shares.filter(({ kind }) => kind === 'virtiofs');
	const memory = files.ram ? ramFile(files.ram, spec.memoryMiB) : virtiofsShares.length > 0 ? sharedMemory(spec.memoryMiB) : undefined;
	return [
		['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
		['-machine', `q35,vmport=off${memory ? ',memory-backend=ram' : ''}`, ...(log ? icountOf(log) : accelArgs(spec.accel, spec.clock))],
		memory ? ['-object', memory] : [],
		['-smp', `${spec.cpus}`, '-m', `${spec.memoryMiB}M`],
		[
			'-kernel',
			spec.kernel,
			'-initrd',
			spec.initrd,
			'-append',
			[commonCmdline, log && loggedCmdline, spec.cmdline].filter(Boolean).join(' '),
		],
		['-chardev', socket('qmp', sockets.qmp), '-mon', 'chardev=qmp,mode=control'],
		['-object', 'rng-builtin,id=entropy', '-device', 'virtio-rng-pci,rng=entropy'],
		log ? loggedPorts(log, files.sockets) : ports(sockets),
		// The disk is thrown away after the run: flushes need not reach the host's disk. What is between the device's node and the image can be swapped.
		...disks.map(({ name, path, format, readOnly }) => [
			'-blockdev',
			`driver=${format},node-name=${imageNode(name)},read-only=${readOnly ? 'on' : 'off'},cache.no-flush=on,file.driver=file,file.filename=${doubleCommas(path)}`,
			'-blockdev',
			log
				? `driver=blkreplay,node-name=${name},read-only=${readOnly ? 'on' : 'off'},image=${imageNode(name)}`
				: `driver=raw,node-name=${name},read-only=${readOnly ? 'on' : 'off'},cache.no-flush=on,file=${imageNode(name)}`,
			'-device',
			virtio(`virtio-blk-pci,drive=${name},serial=${name},id=disk-${name}`),
		]),
		// none: as passthrough, but a chown that an unprivileged QEMU may not do is no error; the host reads the files as they are.
		// remap: the host folder may hold mount points, whose inode numbers would collide.
		...ninepShares.map(({ tag, path }, index) => [
			'-fsdev',
			`local,id=share-${tag},path=${doubleCommas(path)},security_model=none,multidevs=remap`,
			'-device',
			// Only what is behind such a port can be unplugged.
			`pcie-root-port,id=${portOf(tag)},chassis=${index + 1}`,
			'-device',
			formatDevice(shareDevice(tag)),
		]),
		...virtiofsShares.map(({ tag }) => [
			'-chardev',
			`socket,id=share-${tag},path=${doubleCommas(sockets.virtiofs(tag))}`,
			'-device',
			`vhost-user-fs-pci,chardev=share-${tag},tag=${tag}`,
		]),
		files.ninepTrace === undefined ? [] : ['-d', 'trace:v9fs_read,trace:v9fs_read_return', '-D', files.ninepTrace],
		extraArgs,
	].flat();
}

/** The console and the ports. */
function ports(sockets: ReturnType<typeof socketPaths>): string[] {
	return [
		['-chardev', socket('console', sockets.console), '-serial', 'chardev:console'],
		['-device', 'virtio-serial-pci'],
		...portNames.map((name) => {
			const id = name.replace('crucible.', '');
			return ['-chardev', socket(id, sockets.ports[name]), '-device', `virtserialport,chardev=${id},name=${name},id=${id}`];
		}),
	].flat();
}

/** The block node of a disk's image; the node that the device is on has the disk's name. */
export function imageNode(disk: string): string {
	return `${disk}-image`;
}

/** The device of a 9p share, as QMP's device_add takes it. */
export function shareDevice(tag: string): Readonly<Record<string, string>> & { readonly driver: string; readonly id: string } {
	return { driver: 'virtio-9p-pci', id: `share-${tag}`, fsdev: `share-${tag}`, mount_tag: tag, bus: portOf(tag) };
}

function portOf(tag: string): string {
	return `port-${tag}`;
}

function formatDevice({ driver, ...options }: ReturnType<typeof shareDevice>): string {
	return [driver, ...Object.entries(options).map(([key, value]) => `${key}=${value}`)].join(',');
}

/** `max` is the host's CPU under KVM, and all that TCG can do under TCG. icount runs the guest's CPUs in turn, 2 ns an instruction. */
export function accelArgs(accel: MachineSpec['accel'], clock: MachineSpec['clock'] = 'real'): string[] {
	if (accel === 'kvm') return ['-accel', 'kvm', '-cpu', 'max'];
	if (clock === 'warp') return ['-accel', 'tcg,thread=single', '-icount', 'shift=1,sleep=off', '-cpu', 'max'];
	return ['-accel', 'tcg,thread=multi', '-cpu', 'max'];
}

/** For people and shells: one option with its value per line, quoted where a shell would change it. */
export function formatQemuLine(args: readonly string[]): string {
	const lines: string[] = [qemu];
	for (const [at, arg] of args.entries()) {
		const isValue = !arg.startsWith('-') && at > 0 && args[at - 1]?.startsWith('-');
		const line = isValue ? `${lines.pop()} ${shellQuote(arg)}` : shellQuote(arg);
		lines.push(line);
	}
	return lines.join(' \\\n  ');
}

function ramFile({ path, isShared }: NonNullable<QemuFiles['ram']>, memoryMiB: number): string {
	return `memory-backend-file,id=ram,size=${memoryMiB}M,mem-path=${doubleCommas(path)},share=${isShared ? 'on' : 'off'}`;
}

/** virtiofsd maps the guest's memory. */
function sharedMemory(memoryMiB: number): string {
	return `memory-backend-memfd,id=ram,size=${memoryMiB}M,share=on`;
}

function socket(id: string, path: string): string {
	return `socket,id=${id},path=${doubleCommas(path)},server=on,wait=off`;
}

function checkName(what: string, name: string, most: number): void {
	if (!/^[a-z][a-z0-9-]*$/.test(name) || name.length > most)
		throw new UserError(`not a name for a ${what}: "${name}"`, {
			hint: `use lower-case letters, digits and dashes, at most ${most}, beginning with a letter`,
		});
}
