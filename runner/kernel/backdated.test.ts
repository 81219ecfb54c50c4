import { mkdir, mkdtemp, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { poll } from '../util/deadline.ts';
import { exec } from '../util/exec.ts';
import { backdatedIn, forgetMoved, forgetStale } from './backdated.ts';
import { changesBetween, isTelling, listFolder } from './listing.ts';

const lastYear = new Date('2024-01-01');
const tomorrow = new Date(Date.now() + 24 * 3600_000);

/** A tree, and a build folder with two objects that share a header, built an hour ago. */
async function setUp(t: ExecutionContext) {
	const home = await mkdtemp(join(tmpdir(), 'crucible-backdated-'));
	t.teardown(() => rm(home, { recursive: true }));
	const [tree, output] = [join(home, 'linux'), join(home, 'out')];
	const write = async (file: string, text: string, time: Date) => {
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, text);
		await utimes(file, time, time);
	};
	const cmd = (target: string, inputs: readonly string[]) =>
		`savedcmd_${target} := gcc -c\n\ndeps_${target} := \\\n${inputs.map((input) => `  ${join(tree, input)} \\\n`).join('')}`;
	const built = async (at: Date) => {
		await write(join(output, 'fs/.a.o.cmd'), cmd('fs/a.o', ['fs/a.c', 'fs/x.h']), at);
		await write(join(output, 'fs/.b.o.cmd'), cmd('fs/b.o', ['fs/b.c', 'fs/x.h']), at);
	};
	await built(new Date(Date.now() - 3600_000));
	/** Puts a file of last year there, and tells which .cmd files are left then. */
	const leftAfter = async (...paths: string[]) => {
		for (const path of paths) await write(join(tree, path), 'of last year\n', lastYear);
		const listing = await listFolder(tree);
		await forgetStale(backdatedIn(listing, new Map(paths.map((path) => [path, 'changed']))), { tree, output });
		for (const path of paths) t.is((await stat(join(tree, path))).mtimeMs, lastYear.getTime(), 'the tree is as it was');
		return (await exec('find', [output, '-name', '*.cmd', '-printf', '%f '])).stdout.split(' ').filter(Boolean).sort();
	};
	/** Which .cmd files are left when `work` is done in the tree while make is at work, and which files moved then. */
	const leftAfterMove = async (work: () => Promise<void>) => {
		for (const path of ['fs/a.c', 'fs/b.c', 'fs/x.h', 'fs/.a.c.swp', 'Documentation/x.rst']) await write(join(tree, path), '', lastYear);
		await built(new Date());
		const before = await poll(async () => (isTelling(await listFolder(tree)) ? listFolder(tree) : undefined), {
			ms: 5_000,
			what: 'the files to be old enough',
		});
		await work();
		await built(tomorrow);
		const moved = await forgetMoved(changesBetween(before, await listFolder(tree)), { tree, output });
		return { moved, left: (await exec('find', [output, '-name', '*.cmd', '-printf', '%f '])).stdout.split(' ').filter(Boolean).sort() };
	};
	return { tree, write, built, leftAfter, leftAfterMove };
}

test('what was built from a file that has come with an old time is built anew, and nothing else', async (t) => {
	const { leftAfter } = await setUp(t);
	t.deepEqual(await leftAfter('fs/a.c'), ['.b.o.cmd']);
});

test('a header with an old time reaches all that includes it', async (t) => {
	const { leftAfter } = await setUp(t);
	t.deepEqual(await leftAfter('fs/x.h'), []);
});

test('where nothing is known to be made from it, everything is built anew', async (t) => {
	const { leftAfter } = await setUp(t);
	t.deepEqual(await leftAfter('lib/table.txt'), []);
});

test('so it is where there are many', async (t) => {
	const { leftAfter } = await setUp(t);
	t.deepEqual(await leftAfter(...Array.from({ length: 51 }, (_, index) => `drivers/${index}.c`)), []);
});

test('what kbuild reads anyway, and what it never reads, costs nothing', async (t) => {
	const { leftAfter } = await setUp(t);
	t.deepEqual(await leftAfter('fs/Kconfig', 'fs/Makefile', 'Documentation/x.rst'), ['.a.o.cmd', '.b.o.cmd']);
});

test('what was built since it came is not built again: a build that failed goes on', async (t) => {
	const { built, leftAfter } = await setUp(t);
	await built(tomorrow);
	t.deepEqual(await leftAfter('fs/a.c'), ['.a.o.cmd', '.b.o.cmd']);
	t.deepEqual(await leftAfter('lib/table.txt'), ['.a.o.cmd', '.b.o.cmd']);
});

test('what was built from a file that was saved meanwhile is built anew, though it is newer', async (t) => {
	const { tree, leftAfterMove } = await setUp(t);
	t.deepEqual(await leftAfterMove(() => writeFile(join(tree, 'fs/a.c'), 'saved\n')), { moved: ['fs/a.c'], left: ['.b.o.cmd'] });
	t.deepEqual(await leftAfterMove(() => rename(join(tree, 'fs/b.c'), join(tree, 'fs/x.h'))), { moved: ['fs/b.c', 'fs/x.h'], left: [] });
});

test('what is written beside a source, is new or is read by people is no reason to build anything anew', async (t) => {
	const { tree, write, leftAfterMove } = await setUp(t);
	const work = async () => {
		for (const path of ['fs/new.c', 'fs/.a.c.swp', 'Documentation/x.rst']) await write(join(tree, path), 'x\n', new Date());
	};
	t.deepEqual(await leftAfterMove(work), { moved: [], left: ['.a.o.cmd', '.b.o.cmd'] });
});

test('before the first build there is nothing to build anew', async (t) => {
	const { tree } = await setUp(t);
	await t.notThrowsAsync(forgetStale(new Map([['fs/a.c', 1]]), { tree, output: join(tree, 'none') }));
});

test('a file that was moved there is told from one that was saved', async (t) => {
	const { tree, write } = await setUp(t);
	await write(join(tree, 'fs/a.c.orig'), 'before\n', lastYear);
	await rename(join(tree, 'fs/a.c.orig'), join(tree, 'fs/a.c'));
	await writeFile(join(tree, 'fs/.b.c.swp'), 'now\n');
	await rename(join(tree, 'fs/.b.c.swp'), join(tree, 'fs/b.c'));
	const listing = await listFolder(tree);
	t.deepEqual([...backdatedIn(listing).keys()], ['fs/a.c']);
	t.is(backdatedIn(listing, new Map([['fs/b.c', 'changed']])).size, 0);
});
