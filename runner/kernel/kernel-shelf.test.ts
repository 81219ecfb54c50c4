import { link, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { exists } from '../util/files.ts';
import { artefactLayout, type StoredArtefact } from './artefact.ts';
import { builtUnder, bytesOf, holdArtefact, ownModulesDir, recordBuilt, shelfDir, trimShelf } from './kernel-shelf.ts';

const from = { spec: 'debian:6.12', origin: 'Debian', version: { major: 6, minor: 12, text: '6.12.0' } };
const mebibyte = 2 ** 20;

async function setUp(t: { teardown(work: () => Promise<void>): void }) {
	const cacheDir = await mkdtemp(join(tmpdir(), 'crucible-shelf-'));
	t.teardown(() => rm(cacheDir, { recursive: true }));
	/** An artefact of 1 MiB of its own, last used `age` minutes ago. */
	const put = async (id: string, age: number, shared?: string) => {
		const dir = join(shelfDir(cacheDir), id);
		await mkdir(join(dir, 'modules'), { recursive: true });
		await writeFile(join(dir, 'modules/x.ko'), Buffer.alloc(mebibyte, id));
		if (shared === undefined) await writeFile(join(dir, 'vmlinux'), Buffer.alloc(4 * mebibyte, id));
		else await link(join(shelfDir(cacheDir), shared, 'vmlinux'), join(dir, 'vmlinux'));
		const stored: StoredArtefact = {
			layout: artefactLayout,
			identity: { release: '6.12.0', compiler: 'gcc', hashes: { vmlinux: id, config: 'c', modules: {} } },
			buildIds: { vmlinux: '', modules: {} },
			modules: [],
			builtins: [],
			boot: 'vmlinux',
		};
		const used = new Date(Date.now() - age * 60_000);
		await writeFile(join(dir, 'artefact.json'), JSON.stringify(stored));
		await utimes(join(dir, 'artefact.json'), used, used);
		await recordBuilt(cacheDir, `key-${id}`, id);
		await mkdir(join(ownModulesDir(cacheDir), `${id}-0123`), { recursive: true });
	};
	const ids = async () => (await readdir(shelfDir(cacheDir))).filter((name) => !name.startsWith('.')).sort();
	return { cacheDir, put, ids };
}

test('what was built under a key is found, until it is gone', async (t) => {
	const { cacheDir, put } = await setUp(t);
	await put('a', 0);
	t.is(await builtUnder(cacheDir, 'key-a'), 'a');
	t.is(await builtUnder(cacheDir, 'key-b'), undefined);
	await using held = await holdArtefact(cacheDir, 'a', from);
	t.is(held?.artefact.identity.spec, 'debian:6.12');
	await rm(join(shelfDir(cacheDir), 'a'), { recursive: true });
	t.is(await holdArtefact(cacheDir, 'a', from), undefined, 'a key may outlive what it names');
	t.is(await holdArtefact(cacheDir, 'none', from), undefined);
	t.false(await exists(join(shelfDir(cacheDir), '.in-use/none')), 'asking leaves nothing');
});

test('what another crucible removes as we look is passed over', async (t) => {
	const { cacheDir, put, ids } = await setUp(t);
	await put('a', 20);
	await put('b', 10);
	// In the listing of a folder, and not there.
	await symlink('nowhere', join(shelfDir(cacheDir), 'c'));
	await symlink('nowhere', join(shelfDir(cacheDir), 'a/gone'));
	t.deepEqual(await trimShelf(cacheDir, 6 * mebibyte), []);
	await rm(join(shelfDir(cacheDir), 'a/gone'));
	t.deepEqual(await trimShelf(cacheDir, 6 * mebibyte), ['a']);
	t.deepEqual(await ids(), ['b', 'c']);
});

test('the least recently used go first, with their keys and the modules built for them', async (t) => {
	const { cacheDir, put, ids } = await setUp(t);
	for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) await put(id, 40 - 10 * index);
	t.deepEqual(await trimShelf(cacheDir, 100 * mebibyte), []);
	await (await holdArtefact(cacheDir, 'a', from))?.[Symbol.asyncDispose]();
	t.deepEqual(await trimShelf(cacheDir, 12 * mebibyte), ['b', 'c'], 'a was used just now');
	t.deepEqual(await ids(), ['a', 'd']);
	t.deepEqual((await readdir(ownModulesDir(cacheDir))).sort(), ['a-0123', 'd-0123']);
	t.is(await builtUnder(cacheDir, 'key-b'), undefined);
	t.is(await builtUnder(cacheDir, 'key-d'), 'd');
});

test('one in use stays, however old and large, by whomever', async (t) => {
	const { cacheDir, put, ids } = await setUp(t);
	await put('a', 30);
	await put('b', 20);
	await put('c', 10);
	await using one = await holdArtefact(cacheDir, 'a', from);
	await using other = await holdArtefact(cacheDir, 'a', from);
	t.truthy(one && other, 'several may hold it');
	await utimes(join(shelfDir(cacheDir), 'a/artefact.json'), new Date(0), new Date(0));
	t.deepEqual(await trimShelf(cacheDir, mebibyte), ['b', 'c']);
	t.deepEqual(await ids(), ['a']);
	await one?.[Symbol.asyncDispose]();
	t.deepEqual(await trimShelf(cacheDir, mebibyte), []);
	await other?.[Symbol.asyncDispose]();
	t.deepEqual(await trimShelf(cacheDir, mebibyte), ['a']);
});

test('a file that artefacts share counts once, and is freed with the last of them', async (t) => {
	const { cacheDir, put, ids } = await setUp(t);
	await put('a', 30);
	await put('b', 20, 'a');
	await put('c', 10, 'a');
	// 4 MiB of vmlinux, and 1 MiB each; and what the file system takes for folders and small files.
	t.deepEqual(await trimShelf(cacheDir, 7.5 * mebibyte), []);
	t.deepEqual(await trimShelf(cacheDir, 6.5 * mebibyte), ['a']);
	t.deepEqual(await ids(), ['b', 'c']);
	t.is(
		bytesOf([
			{
				id: 'a',
				usedMs: 0,
				files: [
					{ inode: '1', bytes: 5 },
					{ inode: '2', bytes: 1 },
				],
			},
			{ id: 'b', usedMs: 0, files: [{ inode: '1', bytes: 5 }] },
		]),
		6,
	);
});

test('what a killed trim left is removed', async (t) => {
	const { cacheDir, put } = await setUp(t);
	await put('a', 0);
	const left = join(shelfDir(cacheDir), '.aside-b-01234567');
	await mkdir(left);
	await writeFile(join(left, 'vmlinux'), Buffer.alloc(9 * mebibyte, 1));
	t.deepEqual(await trimShelf(cacheDir, 7 * mebibyte), []);
	t.false(await exists(left));
	t.true(await exists(join(shelfDir(cacheDir), 'a')));
});
