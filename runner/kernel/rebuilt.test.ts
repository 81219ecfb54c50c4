import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parseStep } from './make-output.ts';
import { builtInObjects, configChanges, whyRebuilt } from './rebuilt.ts';

const log = `
  HOSTCC  scripts/mod/modpost.o
  CC      /cache/builds/x/tools/objtool/check.o
  CC      scripts/mod/empty.o
  CC      kernel/bounds.s
  CC      fs/open.o
  CC [M]  fs/cachefiles/volume.o
  AS      arch/x86/entry/entry_64.o
  AR      fs/built-in.a
  CC      init/version-timestamp.o
  CC      .vmlinux.export.o
  AS      .tmp_vmlinux2.kallsyms.o
  CC      fs/open.o
`;

test('what make compiles for vmlinux is told from modules, tools and what it makes while linking', (t) => {
	const steps = log.split('\n').flatMap((line) => parseStep(line) ?? []);
	t.deepEqual(builtInObjects(steps), ['fs/open.o', 'arch/x86/entry/entry_64.o']);
});

test('an object is explained by the changed files and symbols it is made from', async (t) => {
	const home = await realpath(await mkdtemp(join(tmpdir(), 'crucible-rebuilt-')));
	t.teardown(() => rm(home, { recursive: true }));
	const [tree, output] = [join(home, 'linux'), join(home, 'out')];
	await mkdir(tree);
	await mkdir(join(output, 'fs'), { recursive: true });
	const deps = `deps_fs/open.o := \\\n    $(wildcard include/config/COMPAT) \\\n  ${join(tree, 'include/linux/fs.h')} \\\n`;
	await writeFile(
		join(output, 'fs/.open.o.cmd'),
		`savedcmd_fs/open.o := gcc -c\n\nsource_fs/open.o := ${join(tree, 'fs/open.c')}\n\n${deps}`,
	);
	const changed = ['include/linux/fs.h', 'include/linux/netfs.h', 'fs/open.c'];
	t.deepEqual(await whyRebuilt(['fs/open.o', 'fs/none.o'], { tree, output }, changed, ['COMPAT', 'SMP']), [
		{ object: 'fs/open.o', inputs: ['include/linux/fs.h', 'fs/open.c'], symbols: ['COMPAT'] },
		{ object: 'fs/none.o', inputs: [], symbols: [] },
	]);
});

test('configurations are compared symbol by symbol', (t) => {
	const changes = configChanges(
		new Map([
			['A', 'y'],
			['B', 'm'],
			['C', 'y'],
		]),
		new Map([
			['A', 'y'],
			['B', 'y'],
			['D', '"x"'],
		]),
	);
	t.deepEqual([...changes.values()], ['CONFIG_B=y (was m)', '-CONFIG_C=y', '+CONFIG_D="x"']);
});
