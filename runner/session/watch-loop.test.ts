import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { isKernelInput } from '../kernel/watched-paths.ts';
import { deferred, withDeadline } from '../util/deadline.ts';
import { changeFeed } from './change-feed.ts';
import { watchLoop } from './watch-loop.ts';
import { watchTree } from './watch-tree.ts';

const test = anyTest as TestFn<{ dir: string }>;

test.beforeEach(async (t) => {
	t.context.dir = await mkdtemp(join(tmpdir(), 'crucible-watch-'));
	for (const folder of ['fs/cachefiles', 'fs/netfs', '.git', 'Documentation', 'arch/arm64', 'arch/x86'])
		await mkdir(join(t.context.dir, folder), { recursive: true });
	await writeFile(join(t.context.dir, 'fs/cachefiles/io.c'), 'int one;\n');
});

test.afterEach.always((t) => rm(t.context.dir, { recursive: true, force: true }));

/** A loop over a real folder; `started` is told each iteration, which lasts until `end` is called. */
function loopOver(dir: string) {
	const changes = changeFeed();
	const tree = watchTree(dir, isKernelInput, changes.add);
	const stop = new AbortController();
	const begun: { changed: readonly string[]; enough: AbortSignal; end: () => void }[] = [];
	const overtaken: string[] = [];
	let moved = deferred<void>();
	const ended = watchLoop({
		changes,
		signal: stop.signal,
		onOvertaken: (name) => overtaken.push(name),
		onWaiting() {},
		async run(changed, enough) {
			const { promise, resolve } = deferred<void>();
			begun.push({ changed, enough, end: resolve });
			moved.resolve();
			await promise;
		},
	});
	const iteration = async (number: number) => {
		for (;;) {
			const one = begun[number - 1];
			if (one) return one;
			moved = deferred();
			await withDeadline(moved.promise, 20_000, `iteration ${number}`);
		}
	};
	const end = async () => {
		stop.abort();
		begun.at(-1)?.end();
		await withDeadline(ended, 20_000, 'the end of the loop');
		tree[Symbol.dispose]();
	};
	return { iteration, begun, overtaken, end, folders: tree.folders };
}

test('a save runs again, once for a burst, whether written in place, renamed over, made or removed', async (t) => {
	const { dir } = t.context;
	const loop = loopOver(dir);
	t.deepEqual((await loop.iteration(1)).changed, []);
	(await loop.iteration(1)).end();
	await appendFile(join(dir, 'fs/cachefiles/io.c'), 'int two;\n');
	t.deepEqual((await loop.iteration(2)).changed, ['fs/cachefiles/io.c']);
	(await loop.iteration(2)).end();
	// As vim does: a probe, a backup, a new file in place of the old one.
	await writeFile(join(dir, 'fs/cachefiles/4913'), '');
	await rm(join(dir, 'fs/cachefiles/4913'));
	await rename(join(dir, 'fs/cachefiles/io.c'), join(dir, 'fs/cachefiles/io.c~'));
	await writeFile(join(dir, 'fs/cachefiles/io.c'), 'int three;\n');
	await rm(join(dir, 'fs/cachefiles/io.c~'));
	t.deepEqual((await loop.iteration(3)).changed, ['fs/cachefiles/io.c']);
	(await loop.iteration(3)).end();
	// As a checkout does: many files, new folders, folders in place of others.
	await mkdir(join(dir, 'fs/new/deep'), { recursive: true });
	for (let n = 0; n < 200; n++) await writeFile(join(dir, `fs/netfs/file-${n}.c`), '');
	await writeFile(join(dir, 'fs/new/deep/a.c'), '');
	await rm(join(dir, 'fs/cachefiles'), { recursive: true });
	await mkdir(join(dir, 'fs/cachefiles'));
	await writeFile(join(dir, 'fs/cachefiles/key.c'), '');
	const { changed, end } = await loop.iteration(4);
	for (const name of ['fs/netfs/file-199.c', 'fs/new/deep/a.c', 'fs/cachefiles/key.c', 'fs/cachefiles/io.c'])
		t.true(changed.includes(name), name);
	end();
	for (const name of ['fs/cachefiles/key.c', 'fs/new/deep/a.c']) await appendFile(join(dir, name), 'int four;\n');
	t.deepEqual([...(await loop.iteration(5)).changed].sort(), ['fs/cachefiles/key.c', 'fs/new/deep/a.c']);
	await loop.end();
	t.is(loop.begun.length, 5);
	t.deepEqual(loop.overtaken, []);
});

test('what no build reads runs nothing, and is not even watched', async (t) => {
	const { dir } = t.context;
	const loop = loopOver(dir);
	(await loop.iteration(1)).end();
	// The top, fs, fs/cachefiles, fs/netfs, arch, arch/x86.
	t.is(loop.folders(), 6);
	for (const name of ['.git/index', 'Documentation/a.rst', 'arch/arm64/a.S', 'fs/.io.c.swp', 'fs/io.c.orig'])
		await writeFile(join(dir, name), '');
	await writeFile(join(dir, 'Makefile'), '');
	t.deepEqual((await loop.iteration(2)).changed, ['Makefile']);
	await loop.end();
});

test('a save during a run asks it to end, and the next has all that was saved meanwhile', async (t) => {
	const { dir } = t.context;
	const loop = loopOver(dir);
	const first = await loop.iteration(1);
	t.false(first.enough.aborted);
	const asked = deferred<void>();
	first.enough.addEventListener('abort', () => asked.resolve());
	await writeFile(join(dir, 'fs/netfs/a.c'), '');
	await withDeadline(asked.promise, 20_000, 'the run to be asked to end');
	await writeFile(join(dir, 'fs/netfs/b.c'), '');
	first.end();
	t.deepEqual((await loop.iteration(2)).changed, ['fs/netfs/a.c', 'fs/netfs/b.c']);
	t.deepEqual(loop.overtaken, ['fs/netfs/a.c']);
	await loop.end();
});

test('a loop that waits ends at once when it is told to', async (t) => {
	const loop = loopOver(t.context.dir);
	(await loop.iteration(1)).end();
	await loop.end();
	t.is(loop.begun.length, 1);
});
