import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { poll } from '../util/deadline.ts';
import { changesBetween, isTelling, listFolder } from './listing.ts';

const old = new Date('2024-01-01');

async function makeFolder(t: { teardown(work: () => Promise<void>): void }): Promise<string> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-listing-'));
	t.teardown(() => rm(dir, { recursive: true }));
	await mkdir(join(dir, 'fs'));
	await mkdir(join(dir, '.git'));
	for (const name of ['fs/a.c', 'fs/with space.h', 'Makefile', '.git/index']) await writeFile(join(dir, name), 'one\n');
	return dir;
}

/** A listing in which no file is young. */
async function settled(dir: string): Promise<string> {
	const listing = async () => {
		const text = await listFolder(dir);
		return isTelling(text) && text;
	};
	return poll(listing, { ms: 5_000, everyMs: 20, what: 'the files to be old enough' });
}

test('an untouched folder lists the same, and git’s own files are not looked at', async (t) => {
	const dir = await makeFolder(t);
	const before = await settled(dir);
	await writeFile(join(dir, '.git/index'), 'two\n');
	const after = await settled(dir);
	t.is(after, before);
	t.deepEqual([...changesBetween(before, after)], []);
});

test('a write is seen even when size and time are set back', async (t) => {
	const dir = await makeFolder(t);
	await utimes(join(dir, 'fs/a.c'), old, old);
	const before = await settled(dir);
	await writeFile(join(dir, 'fs/a.c'), 'two\n');
	await utimes(join(dir, 'fs/a.c'), old, old);
	t.deepEqual([...changesBetween(before, await settled(dir))], [['fs/a.c', 'changed']]);
});

test('new, gone and renamed files are told apart', async (t) => {
	const dir = await makeFolder(t);
	const before = await settled(dir);
	await writeFile(join(dir, 'fs/new.h'), 'x');
	await rm(join(dir, 'Makefile'));
	await rename(join(dir, 'fs/a.c'), join(dir, 'fs/b.c'));
	await rename(join(dir, 'fs/with space.h'), join(dir, 'fs/a.c'));
	const changes = changesBetween(before, await settled(dir));
	t.deepEqual(
		new Map([...changes].sort()),
		new Map([
			['Makefile', 'gone'],
			['fs/a.c', 'changed'],
			['fs/b.c', 'new'],
			['fs/new.h', 'new'],
			['fs/with space.h', 'gone'],
		]),
	);
});

test('a file written this moment says nothing, and counts as changed ever after', async (t) => {
	const dir = await makeFolder(t);
	await settled(dir);
	// On a loaded machine the moment may be over before the listing.
	const justWritten = async () => {
		await writeFile(join(dir, 'fs/a.c'), 'two\n');
		const listing = await listFolder(dir);
		return !isTelling(listing) && listing;
	};
	const young = await poll(justWritten, { ms: 20_000, everyMs: 20, what: 'a listing within the moment' });
	t.deepEqual([...changesBetween(young, await settled(dir))], [['fs/a.c', 'changed']]);
	t.deepEqual([...changesBetween(young, young)], [['fs/a.c', 'changed']]);
	await writeFile(join(dir, 'fs/a.c'), 'one\n');
	t.true(isTelling(await listFolder(dir, { ours: true })), 'where nobody else writes there is no doubt');
});

test('a link out of the folder says nothing about what is behind it', async (t) => {
	const dir = await makeFolder(t);
	await symlink('../Makefile', join(dir, 'fs/inside'));
	const inside = await settled(dir);
	t.true(isTelling(inside));
	for (const target of ['/etc/passwd', '../../elsewhere']) {
		await symlink(target, join(dir, 'fs/out'));
		t.false(isTelling((await listFolder(dir)).replaceAll('!', '')));
		await rm(join(dir, 'fs/out'));
	}
});

test('of large listings only what differs is looked at, wherever it stands', (t) => {
	const record = (n: number, time = 1) => `f4 ${time} ${time} ${n} drivers/some/where/file-${n}.c\t\0`;
	const numbers = Array.from({ length: 20_000 }, (_, n) => n);
	const before = numbers.map((n) => record(n)).join('');
	for (const at of [0, 1, 9_999, 19_998, 19_999]) {
		const path = `drivers/some/where/file-${at}.c`;
		const edited = numbers.map((n) => record(n, n === at ? 12 : 1)).join('');
		t.deepEqual([...changesBetween(before, edited)], [[path, 'changed']]);
		const removed = numbers
			.filter((n) => n !== at)
			.map((n) => record(n))
			.join('');
		t.deepEqual([...changesBetween(before, removed)], [[path, 'gone']]);
		t.deepEqual([...changesBetween(removed, before)], [[path, 'new']]);
	}
	t.deepEqual([...changesBetween(before, before)], []);
	t.deepEqual(changesBetween('', before).size, 20_000);
	t.deepEqual(changesBetween('f1 1 1 1 xyz\t\0', 'f1 1 1 1 axyz\t\0').size, 2);
});
