/** The kernel and initramfs that integration tests boot: what `crucible build` makes, or finds made. */

import { checkout } from '../config/paths.ts';
import { folders } from '../config/settings.ts';
import { buildImage } from '../image/initramfs.ts';
import type { BuiltKernel } from '../kernel/build.ts';
import { crucible } from './crucible.ts';

/** What boots, with KASAN, its modules, and the initramfs of images/base. */
export async function testKernel(spec = 'debian:6.12'): Promise<{ kernel: string; initrd: string; modules: BuiltKernel['modules'] }> {
	const { stdout, stderr, exitCode } = await crucible(['build', '--json', '--kernel', spec]);
	if (exitCode !== 0) throw new Error(`crucible build exited with ${exitCode}:\n${stderr}`);
	const [kernel] = JSON.parse(stdout) as BuiltKernel[];
	const { path } = await buildImage('base', { cacheDir: folders.cache, checkout: checkout.top });
	return { kernel: kernel?.boot ?? '', initrd: path, modules: kernel?.modules ?? [] };
}
