/** From nothing to the first command in a guest: a clone against a cold boot of the same kernel, and against the least that a clone can take. */

import { join } from 'node:path';
import { folders } from '../config/settings.ts';
import { baseHash } from '../kernel/identity.ts';
import { InfraError } from '../util/errors.ts';
import type { MachineOptions } from '../vm/launch.ts';
import { guestEnv, Machine } from '../vm/machine.ts';
import { openTemplate } from '../vm/template.ts';
import type { Benchmark } from './benchmark.ts';
import { restoreBare } from './floor.ts';
import { prepareBoot } from './kernel.ts';
import { measured, ratio } from './measurement.ts';
import { inTurns } from './statistics.ts';

export const clone: Benchmark = {
	name: 'clone',
	summary: 'clone to first command, against a cold boot and against QEMU alone',
	async measure(context) {
		const { dir, signal, accel, samples } = context;
		const { kernel, image, spec } = await prepareBoot(context);
		await using _kernel = kernel;
		const how = { signal, timeoutScale: accel.timeoutScale };
		const hashes = { kernelHash: baseHash(kernel.identity), initrdHash: image.hash };
		const opened = await openTemplate(spec, { cacheDir: folders.cache, ...hashes, ...how });
		if (opened.way === 'cold') throw new InfraError(`this machine cannot be cloned: ${opened.why}`);
		await using template = opened.template;
		let count = 0;
		const toFirstCommand = async (options: Pick<MachineOptions, 'template'>) => {
			const began = performance.now();
			await using machine = await Machine.start(spec, { dir: join(dir, `${count++}`), ...how, ...options });
			await machine.exec({ argv: ['/bin/true'], env: guestEnv, signal });
			return (performance.now() - began) / 1000;
		};
		const taken = await inTurns(samples, {
			booted: () => toFirstCommand({}),
			cloned: () => toFirstCommand({ template }),
			floor: () => restoreBare(spec, template, { dir, signal }),
		});
		return {
			'boot-to-command': measured('s', taken.booted),
			'clone-to-command': measured('s', taken.cloned, '< 0.4'),
			'clone-floor': measured('s', taken.floor),
			'boot-vs-clone': ratio(taken.booted, taken.cloned, '>= 30'),
			'clone-vs-floor': ratio(taken.cloned, taken.floor, '<= 1.5'),
		};
	},
};
