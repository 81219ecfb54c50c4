/** What a boot costs without any runner: QEMU, the kernel, a busybox that prints `uname -r` and ends. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpio } from '../image/cpio.ts';
import { preparePackages } from '../image/packages.ts';
import { withDeadline } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { startQemu } from '../vm/launch.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';
import { accelArgs, commonCmdline } from '../vm/qemu-args.ts';

// The reset ends QEMU, which is started with -no-reboot.
const init = `#!/bin/busybox sh
/bin/busybox uname -r
exec /bin/busybox reboot -f
`;

/** Writes the smallest initramfs that does so below `dir`; returns its path. */
export async function makeBareInitrd(dir: string, options: { readonly cacheDir: string; readonly signal: AbortSignal }): Promise<string> {
	const { root } = await preparePackages(['busybox-static'], options);
	const path = join(dir, 'bare.cpio');
	await writeFile(
		path,
		cpio([
			{ type: 'file', path: '/init', mode: 0o755, data: Buffer.from(init) },
			{ type: 'file', path: '/bin/busybox', mode: 0o755, data: await readFile(join(root, 'bin/busybox')) },
			{ type: 'device', path: '/dev/console', mode: 0o600, kind: 'c', major: 5, minor: 1 },
		]),
	);
	return path;
}

/** Boots it on the machine of `spec` without its devices; resolves when QEMU has ended. Throws an InfraError when `release` was not printed. */
export async function bootBare(
	spec: MachineSpec,
	initrd: string,
	release: string,
	options: { readonly ms: number; readonly signal: AbortSignal },
): Promise<void> {
	const qemu = startQemu([
		...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-machine', 'q35,vmport=off', ...accelArgs(spec.accel)],
		...['-smp', `${spec.cpus}`, '-m', `${spec.memoryMiB}M`, '-kernel', spec.kernel, '-initrd', initrd, '-append', commonCmdline],
		...['-serial', 'stdio'],
	]);
	let isSaid = false;
	const hear = async () => {
		for await (const line of qemu.iterable({ from: 'stdout' })) isSaid ||= String(line).trim() === release;
	};
	try {
		await withDeadline(Promise.all([hear(), qemu]), options.ms, 'the end of a bare QEMU', options.signal);
	} finally {
		qemu.kill('SIGKILL');
		await qemu;
	}
	if (!isSaid) throw new InfraError(`a bare QEMU did not print ${release}`);
}
