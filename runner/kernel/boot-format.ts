/** Which file of a build boots: vmlinux by itself (PVH), or bzImage where a kernel's PVH entry does not survive its sanitizer. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type BootFile = 'vmlinux' | 'bzImage';

/**
 * KASAN instruments the C code behind the PVH entry, which runs before there is a shadow to look at. Mainline exempts that
 * folder (`KASAN_SANITIZE := n` in arch/x86/platform/pvh/Makefile; 6.12 has it, 6.1 has not).
 */
export async function bootFileOf(tree: string, configFile: string): Promise<BootFile> {
	const config = await readFile(configFile, 'utf8');
	if (!/^CONFIG_PVH=y$/m.test(config)) return 'bzImage';
	if (!/^CONFIG_KASAN=y$/m.test(config)) return 'vmlinux';
	const makefile = await readFile(join(tree, 'arch/x86/platform/pvh/Makefile'), 'utf8').catch(() => '');
	return /^KASAN_SANITIZE\s*:?=\s*n$/m.test(makefile) ? 'vmlinux' : 'bzImage';
}
