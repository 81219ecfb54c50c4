/** The kernel and image that `crucible run` would use, for what is measured on a machine itself. */

import { checkout } from '../config/paths.ts';
import type { Image } from '../image/initramfs.ts';
import type { BuiltKernel } from '../kernel/build.ts';
import { createEmitter } from '../session/emitter.ts';
import { prepareImages, prepareKernel, prepareSource } from '../session/workshop.ts';
import { loadSuites } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';
import type { BenchContext } from './benchmark.ts';

export interface Booted {
	readonly kernel: BuiltKernel;
	readonly image: Image;
	/** As `crucible boot` has it. */
	readonly spec: MachineSpec;
}

/** Built or found. */
export async function prepareBoot({ settings, accel, signal, onEvent }: BenchContext): Promise<Booted> {
	const emitter = createEmitter([onEvent]);
	const options = { settings, emitter, signal };
	const suites = selectCases(await loadSuites(checkout.suites), [], ['smoke']);
	const source = await prepareSource(settings.kernel[0] ?? '', [], options);
	const kernel = await prepareKernel(source, suites, options);
	const image = (await prepareImages(['base'], options)).get('base');
	if (!image) throw new Error('no image base');
	return { kernel, image, spec: { kernel: kernel.boot, initrd: image.path, cpus: 2, memoryMiB: 1536, accel: accel.accel } };
}
