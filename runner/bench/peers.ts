/** Other runners, from their checkouts, doing what `crucible boot` does with the kernel that it boots. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltKernel } from '../kernel/build.ts';
import { runMake } from '../kernel/make.ts';
import { InfraError, messageOf, UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';
import { didYouMean } from '../util/text.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';

export interface Peer {
	readonly name: string;
	/** Its checkout. */
	readonly dir: string;
}

export interface PeerBoot {
	readonly kernel: BuiltKernel;
	readonly spec: MachineSpec;
	/** After which a boot has failed. */
	readonly ms: number;
	/** For the peer's own files. */
	readonly dir: string;
	readonly signal: AbortSignal;
}

interface PeerCommands {
	/** Below its checkout: what a build or a clone brings. */
	readonly program: string;
	/** What has to be done once. */
	readonly prepare?: (peer: Peer, options: PeerBoot) => Promise<void>;
	readonly args: (options: PeerBoot) => readonly string[];
	readonly env?: (options: PeerBoot) => Readonly<Record<string, string>>;
}

const commands: Readonly<Record<string, PeerCommands>> = {
	'virtme-ng': {
		program: 'vng',
		args: ({ kernel, spec }) => [
			...['--run', kernel.make.output, '--cpus', `${spec.cpus}`, '--memory', `${spec.memoryMiB}M`],
			...(spec.accel === 'tcg' ? ['--disable-kvm'] : []),
			...['--', 'uname', '-r'],
		],
	},
	rapido: {
		program: 'rapido',
		async prepare({ dir }, options) {
			const { kernel, spec } = options;
			const settings = {
				KERNEL_SRC: kernel.make.output,
				DRACUT_OUT: join(options.dir, 'rapido.cpio'),
				QEMU_PID_DIR: options.dir,
				QEMU_EXTRA_ARGS: `-nographic -device virtio-rng-pci -cpu max -m ${spec.memoryMiB}M`,
			};
			const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"\n`);
			await writeFile(rapidoConf(options), lines.join(''));
			const how = { cwd: dir, env: { RAPIDO_CONF: rapidoConf(options) }, signal: options.signal };
			await exec(join(dir, 'rapido'), ['cut', '-B', '-x', 'uname -r; shutdown', 'simple-example'], how);
		},
		args: () => ['boot'],
		env: (options) => ({ RAPIDO_CONF: rapidoConf(options) }),
	},
};

function rapidoConf({ dir }: PeerBoot): string {
	return join(dir, 'rapido.conf');
}

/** Reads `name=dir` as the user gives it. */
export function parsePeer(text: string): Peer {
	const [, name = text, dir = ''] = /^([^=]*)=(.+)$/.exec(text) ?? [];
	if (commands[name] && dir !== '') return { name, dir };
	const known = Object.keys(commands);
	throw new UserError(`not a peer: "${text}"`, {
		hint: didYouMean(name, known) ?? `--peer ${known.map((one) => `${one}=DIR`).join(' or ')}`,
	});
}

/** Makes a peer ready and boots with it once; the boot as a function, or why it does not come to that. */
export async function preparePeer(
	peer: Peer,
	options: PeerBoot,
): Promise<{ readonly boot: () => Promise<void> } | { readonly why: string }> {
	const { kernel, ms, signal } = options;
	const known = commands[peer.name];
	if (!known) throw new Error(`no commands for ${peer.name}`);
	const program = join(peer.dir, known.program);
	if (!(await exists(program))) return { why: `${program} is not there` };
	const boot = async () => {
		const how = { cwd: peer.dir, env: known.env?.(options) ?? {}, timeoutMs: ms, signal };
		const { stdout } = await exec(program, known.args(options), how);
		if (!stdout.split(/\r?\n/).includes(kernel.identity.release)) throw new InfraError(`it did not print ${kernel.identity.release}`);
	};
	try {
		await buildForOthers(kernel, signal);
		await known.prepare?.(peer, options);
		await boot();
		return { boot };
	} catch (error) {
		signal.throwIfAborted();
		return { why: messageOf(error) };
	}
}

/** They boot the compressed kernel out of its build folder. */
async function buildForOthers(kernel: BuiltKernel, signal: AbortSignal): Promise<void> {
	await using _held = await kernel.holdFolder({ signal });
	await runMake({ ...kernel.make, signal }, ['bzImage']);
}
