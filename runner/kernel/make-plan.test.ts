import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import type { FolderState } from './folder-state.ts';
import { isNoConfiguration, planMake, type Scene } from './make-plan.ts';
import { productsOf } from './products.ts';

const record = (path: string, time: number) => `f4 ${time} ${time} 1 ${path}\t\0`;
const paths = [
	'Makefile',
	'fs/Kconfig',
	'fs/x/x.c',
	'fs/x/internal.h',
	'fs/open.c',
	'include/linux/netfs.h',
	'scripts/mod/modpost.c',
	'fs/x/unused.c',
];
const listingOf = (changed: readonly string[]) => paths.map((path) => record(path, changed.includes(path) ? 2 : 1)).join('');

/** A build folder as make leaves it: a module of one object, and an object in vmlinux that shares a header with it. */
async function setUp(t: { teardown(work: () => Promise<void>): void }) {
	const home = await realpath(await mkdtemp(join(tmpdir(), 'crucible-plan-')));
	t.teardown(() => rm(home, { recursive: true }));
	const [tree, output] = [join(home, 'linux'), join(home, 'out')];
	await mkdir(tree);
	const cmd = (target: string, flags: string, inputs: readonly string[]) =>
		`savedcmd_${target} := gcc ${flags} -c\n\ndeps_${target} := \\\n${inputs.map((input) => `  ${join(tree, input)} \\\n`).join('')}`;
	const files = {
		vmlinux: 'elf',
		'.config': 'CONFIG_MODULES=y\n',
		'modules.order': 'fs/x/x.o\n',
		'fs/x/x.ko': 'elf',
		'fs/x/.x.o.cmd': cmd('fs/x/x.o', ' -DMODULE ', ['fs/x/x.c', 'fs/x/internal.h', 'include/linux/netfs.h']),
		'fs/.open.o.cmd': cmd('fs/open.o', '', ['fs/open.c', 'include/linux/netfs.h']),
	};
	for (const [name, text] of Object.entries(files)) {
		await mkdir(dirname(join(output, name)), { recursive: true });
		await writeFile(join(output, name), text);
	}
	const folder: FolderState = {
		artefact: 'a1',
		tools: 'ld 1',
		compiler: 'gcc',
		products: await productsOf(output, 'vmlinux'),
		listing: listingOf([]),
		since: undefined,
	};
	const plan = async (changed: readonly string[], more: Partial<Scene> = {}) => {
		const made = await planMake({ tree, output, folder, listing: listingOf(changed), tools: 'ld 1', ...more });
		return { isConfigured: made.isConfigured, isForModules: made.isForModules };
	};
	return { output, folder, plan };
}

const all = { isConfigured: false, isForModules: false };
const configured = { isConfigured: true, isForModules: false };
const modulesOnly = { isConfigured: true, isForModules: true };

test('what only modules are made from asks for modules only', async (t) => {
	const { plan } = await setUp(t);
	t.deepEqual(await plan(['fs/x/x.c']), modulesOnly);
	t.deepEqual(await plan(['fs/x/x.c', 'fs/x/internal.h']), modulesOnly);
});

for (const [what, changed] of [
	['a source of vmlinux', ['fs/open.c']],
	['a header that reaches vmlinux', ['include/linux/netfs.h']],
	['a module and a source of vmlinux', ['fs/x/x.c', 'fs/open.c']],
	['a file that nothing is known to be made from', ['fs/x/unused.c']],
	['nothing at all', []],
] as const)
	test(`${what}: kbuild sees to everything, and the configuration stays`, async (t) => {
		const { plan } = await setUp(t);
		t.deepEqual(await plan(changed), configured);
	});

test('a new file may stand in for another, and a file that went may be missed: kbuild sees to everything', async (t) => {
	const { plan } = await setUp(t);
	t.deepEqual(await plan([], { listing: `${listingOf([])}${record('include/linux/new.h', 1)}` }), configured);
	t.deepEqual(await plan([], { listing: listingOf([]).replace(record('fs/x/internal.h', 1), '') }), configured);
});

test('whatever kconfig may read leads to a new .config', async (t) => {
	const { plan } = await setUp(t);
	for (const path of ['fs/Kconfig', 'Makefile', 'scripts/mod/modpost.c']) t.deepEqual(await plan([path]), all, path);
	for (const path of [
		'arch/x86/Kconfig.debug',
		'scripts/cc-version.sh',
		'init/Kconfig',
		'tools/objtool/check.c',
		'Kbuild',
		'arch/x86/x.tbl',
	])
		t.false(isNoConfiguration(path), path);
	for (const path of ['fs/open.c', 'include/linux/fs.h', 'arch/x86/entry/entry_64.S', 'Documentation/filesystems/netfs_library.rst'])
		t.true(isNoConfiguration(path), path);
});

test('of an unknown state nothing is concluded', async (t) => {
	const { plan, folder } = await setUp(t);
	t.deepEqual(await plan(['fs/x/x.c'], { folder: undefined }), all);
	t.deepEqual(await plan(['fs/x/x.c'], { folder: { ...folder, listing: undefined } }), all);
	t.deepEqual(await plan(['fs/x/x.c'], { folder: { ...folder, since: 'all' } }), all);
	t.deepEqual(await plan(['fs/x/x.c'], { tools: 'ld 2' }), all);
});

test('a build of modules that failed or was cut off is gone on with', async (t) => {
	const { plan, folder, output } = await setUp(t);
	await writeFile(join(output, 'fs/x/x.ko'), 'half');
	t.deepEqual(await plan(['fs/x/x.c'], { folder: { ...folder, since: 'modules' } }), modulesOnly);
	t.deepEqual(await plan(['fs/x/x.c']), all, 'but where nothing was begun, somebody else was there');
});

for (const name of ['vmlinux', '.config'])
	test(`a ${name} that is not the one we left is not built upon`, async (t) => {
		const { plan, output, folder } = await setUp(t);
		await writeFile(join(output, name), 'other');
		for (const since of [undefined, 'modules'] as const) t.deepEqual(await plan(['fs/x/x.c'], { folder: { ...folder, since } }), all);
	});

test('vmlinux may hold what no .cmd file tells', async (t) => {
	for (const symbol of ['IKHEADERS', 'TRIM_UNUSED_KSYMS']) {
		const { plan, output, folder } = await setUp(t);
		await writeFile(join(output, '.config'), `CONFIG_MODULES=y\nCONFIG_${symbol}=y\n`);
		const products = await productsOf(output, 'vmlinux');
		t.deepEqual(await plan(['fs/x/x.c'], { folder: { ...folder, products } }), configured);
	}
});

test('a list of modules that is not there is left to kbuild to make', async (t) => {
	const { plan, output } = await setUp(t);
	await rm(join(output, 'modules.order'));
	t.false((await plan(['fs/x/x.c'])).isForModules);
});
