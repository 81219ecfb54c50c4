import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';
import { readStored } from './artefact.ts';
import { productsOf, sameProducts } from './products.ts';
import { storeArtefact } from './store-artefact.ts';

/** A folder as make leaves it, with ELF files small enough to link here. */
async function setUp(t: { teardown(work: () => Promise<void>): void }) {
	const home = await mkdtemp(join(tmpdir(), 'crucible-store-'));
	t.teardown(() => rm(home, { recursive: true }));
	const [output, shelf] = [join(home, 'out'), join(home, 'kernels')];
	await mkdir(join(output, 'include/config'), { recursive: true });
	await mkdir(join(output, 'fs'));
	const write = (name: string, text: string) => writeFile(join(output, name), text);
	const link = async (name: string, text: string, isModule: boolean) => {
		await writeFile(join(home, 'x.c'), text);
		const how = isModule ? ['-r'] : ['-static', '-Wl,--build-id=sha1'];
		await exec('gcc', ['-g', '-nostdlib', ...how, '-o', join(output, name), 'x.c'], { cwd: home });
	};
	const vmlinux = (n: number) => link('vmlinux', `void _start(void) { for (volatile int i = ${n};;); }\n`, false);
	const module = (name: string, n: number, depends = '') =>
		link(
			`fs/${name}.ko`,
			`__attribute__((section(".modinfo"), used)) static char d[] = "depends=${depends}";\nint f(void) { return ${n}; }\n`,
			true,
		);
	await vmlinux(1);
	await module('a-b', 1, 'c');
	await module('c', 1);
	await write('.config', 'CONFIG_MODULES=y\n');
	await write('System.map', '0 T _start\n');
	await write('modules.order', 'fs/a-b.o\nfs/c.o\n');
	await write('modules.builtin', 'kernel/fs/ext4/ext4.ko\n');
	await write('include/config/kernel.release', '6.12.0\n');
	const built = { output, compiler: 'gcc', boot: 'vmlinux' as const };
	return { shelf, output, vmlinux, module, write, built };
}

test('an artefact is named by what is in it', async (t) => {
	const { shelf, built, module } = await setUp(t);
	const id = await storeArtefact(built, shelf);
	const stored = await readStored(join(shelf, id));
	t.deepEqual(
		stored?.modules.map(({ name, depends }) => ({ name, depends })),
		[
			{ name: 'a_b', depends: ['c'] },
			{ name: 'c', depends: [] },
		],
	);
	t.deepEqual(stored?.builtins, ['ext4']);
	t.is(await storeArtefact(built, shelf), id);
	await module('c', 2);
	const other = await storeArtefact(built, shelf);
	t.not(other, id);
	await module('c', 1);
	t.is(await storeArtefact(built, shelf), id);
});

test('what make left alone is shared with the artefact before, and the rest is copied', async (t) => {
	const { shelf, output, built, module } = await setUp(t);
	const before = await productsOf(output, 'vmlinux');
	const first = join(shelf, await storeArtefact(built, shelf));
	await module('c', 2);
	const same = sameProducts(before, await productsOf(output, 'vmlinux'));
	t.deepEqual([...same].sort(), ['.config', 'fs/a-b.ko', 'vmlinux']);
	const second = join(shelf, await storeArtefact({ ...built, previous: { dir: first, same } }, shelf));
	const isShared = async (name: string) => (await stat(join(first, name))).ino === (await stat(join(second, name))).ino;
	for (const name of ['vmlinux', 'debug/vmlinux', 'System.map', 'modules/a_b.ko', 'debug/a_b.ko']) t.true(await isShared(name), name);
	for (const name of ['modules/c.ko', 'debug/c.ko']) t.false(await isShared(name), name);
	t.false((await readFile(join(first, 'modules/c.ko'))).equals(await readFile(join(second, 'modules/c.ko'))));
	// As if nothing had been shared.
	await rm(second, { recursive: true });
	t.is(join(shelf, await storeArtefact(built, shelf)), second);
	await rm(first, { recursive: true });
	t.true(await exists(join(second, 'debug/vmlinux')));
});

test('an artefact that went meanwhile is done without', async (t) => {
	const { shelf, output, built, vmlinux } = await setUp(t);
	const products = await productsOf(output, 'vmlinux');
	const first = await storeArtefact(built, shelf);
	const previous = { dir: join(shelf, first), same: sameProducts(products, products) };
	await rm(join(shelf, first), { recursive: true });
	t.is(await storeArtefact({ ...built, previous }, shelf), first);
	await vmlinux(2);
	t.not(await storeArtefact(built, shelf), first);
});
