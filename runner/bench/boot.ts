/** Boot to `uname -r` to exit, cold: the runner against bare QEMU, and against other runners where they are given. */

import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import { folders } from '../config/settings.ts';
import { InfraError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { bootBare, makeBareInitrd } from './bare-boot.ts';
import type { Benchmark } from './benchmark.ts';
import { prepareBoot } from './kernel.ts';
import { difference, type Measurement, measured, ratio } from './measurement.ts';
import { preparePeer } from './peers.ts';
import { inTurns, secondsOf } from './statistics.ts';

/** Written for KVM; a KASAN kernel that has not ended then never will. */
const bootMs = 40_000;

export const boot: Benchmark = {
	name: 'boot',
	summary: 'boot to `uname -r` to exit, against bare QEMU with the same kernel',
	async measure(context) {
		const { settings, signal, accel, samples, dir, say } = context;
		const booted = await prepareBoot(context);
		await using kernel = booted.kernel;
		const { release } = kernel.identity;
		const ms = bootMs * accel.timeoutScale;
		const initrd = await makeBareInitrd(dir, { cacheDir: folders.cache, signal });
		const set = ['--kernel', settings.kernel[0] ?? '', '--config', settings.config, '--accel', accel.accel];
		const takers: Record<string, () => Promise<number>> = {
			bare: () => secondsOf(() => bootBare(booted.spec, initrd, release, { ms, signal })),
			crucible: () =>
				secondsOf(async () => {
					const args = ['boot', '--no-templates', ...set, '--', 'uname', '-r'];
					const { stdout } = await exec(join(checkout.top, 'crucible'), args, { cwd: checkout.top, signal });
					if (stdout.trim() !== release) throw new InfraError(`crucible boot printed ${stdout}`);
				}),
		};
		for (const peer of context.peers) {
			const prepared = await preparePeer(peer, { kernel, spec: booted.spec, ms, dir, signal });
			if ('why' in prepared) say(`${peer.name} is not measured: ${prepared.why}`);
			else takers[peer.name] = () => secondsOf(prepared.boot);
		}
		const { bare = [], crucible = [], ...others } = await inTurns(samples, takers);
		const peers = Object.entries(others).flatMap(([name, taken]): [string, Measurement][] => [
			[`boot-${name}`, measured('s', taken)],
			[`boot-${name}-vs-crucible`, ratio(taken, crucible)],
		]);
		return {
			'boot-bare': measured('s', bare),
			'boot-crucible': measured('s', crucible),
			'boot-overhead': difference('s', crucible, bare, '< 0.5'),
			...Object.fromEntries(peers),
		};
	},
};
