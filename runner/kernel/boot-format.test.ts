import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { bootFileOf } from './boot-format.ts';

for (const [config, makefile, expected] of [
	['CONFIG_PVH=y\nCONFIG_KASAN=y\n', 'KASAN_SANITIZE := n\n', 'vmlinux'],
	['CONFIG_PVH=y\nCONFIG_KASAN=y\n', 'obj-y += head.o\n', 'bzImage'],
	['CONFIG_PVH=y\n', 'obj-y += head.o\n', 'vmlinux'],
	['# CONFIG_PVH is not set\n', 'KASAN_SANITIZE := n\n', 'bzImage'],
] as const) {
	test(`${expected} boots with ${config.trim().replace('\n', ' ')} and ${makefile.trim()}`, async (t) => {
		const tree = await mkdtemp(join(tmpdir(), 'crucible-boot-format-'));
		t.teardown(() => rm(tree, { recursive: true }));
		await mkdir(join(tree, 'arch/x86/platform/pvh'), { recursive: true });
		await writeFile(join(tree, 'arch/x86/platform/pvh/Makefile'), makefile);
		await writeFile(join(tree, '.config'), config);
		t.is(await bootFileOf(tree, join(tree, '.config')), expected);
	});
}
