import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { KernelError, UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import { type Patch, parsePatch } from './patch.ts';
import { readSeries } from './read-series.ts';
import { putSeries } from './series.ts';
import { whereFailed } from './stage-series.ts';

const old = new Date('2024-01-01T00:00:00Z');

async function makeTree(t: { teardown(work: () => Promise<void>): void }): Promise<string> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-series-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const tree = join(dir, 'tree');
	await write(tree, 'fs/a.c', 'one\ntwo\nthree\n');
	await write(tree, 'fs/b.c', 'alpha\nbeta\n');
	return tree;
}

async function write(tree: string, path: string, text: string): Promise<void> {
	await mkdir(dirname(join(tree, path)), { recursive: true });
	await writeFile(join(tree, path), text);
	await utimes(join(tree, path), old, old);
}

const read = (tree: string, path: string) => readFile(join(tree, path), 'utf8');
const isOld = async (tree: string, path: string) => (await stat(join(tree, path))).mtimeMs === old.getTime();

function change(path: string, from: string, to: string, around = ''): Patch {
	const context = around ? ` ${around}\n` : '';
	const n = around ? 2 : 1;
	return parsePatch(`${from}-${to}.patch`, `--- a/${path}\n+++ b/${path}\n@@ -1,${n} +1,${n} @@\n-${from}\n+${to}\n${context}`);
}

const upper = parsePatch('upper.patch', '--- a/fs/a.c\n+++ b/fs/a.c\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n');
const again = parsePatch('again.patch', '--- a/fs/a.c\n+++ b/fs/a.c\n@@ -1,3 +1,3 @@\n one\n-TWO\n+deux\n three\n');
const fresh = parsePatch('fresh.patch', '--- /dev/null\n+++ b/fs/new/c.c\n@@ -0,0 +1 @@\n+int c;\n');
const gone = parsePatch('gone.patch', '--- a/fs/b.c\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-alpha\n-beta\n');

test('a series is applied in order, and taken off to the byte', async (t) => {
	const tree = await makeTree(t);
	await putSeries(tree, [upper, again, fresh, gone]);
	t.is(await read(tree, 'fs/a.c'), 'one\ndeux\nthree\n');
	t.is(await read(tree, 'fs/new/c.c'), 'int c;\n');
	t.false(await exists(join(tree, 'fs/b.c')));
	await putSeries(tree, []);
	t.is(await read(tree, 'fs/a.c'), 'one\ntwo\nthree\n');
	t.is(await read(tree, 'fs/b.c'), 'alpha\nbeta\n');
	t.false(await exists(join(tree, 'fs/new/c.c')));
	t.false(await isOld(tree, 'fs/a.c'), 'make has to see that it changed');
});

test('a patch of diff -urN makes and removes files', async (t) => {
	const tree = await makeTree(t);
	const [epoch, now] = ['1970-01-01 01:00:00.000000000 +0100', '2026-01-01 00:00:00.000000000 +0000'];
	const text = [
		`diff -urN a/fs/b.c b/fs/b.c\n--- a/fs/b.c\t${now}\n+++ b/fs/b.c\t${epoch}\n@@ -1,2 +0,0 @@\n-alpha\n-beta\n`,
		`diff -urN a/fs/new/c.c b/fs/new/c.c\n--- a/fs/new/c.c\t${epoch}\n+++ b/fs/new/c.c\t${now}\n@@ -0,0 +1 @@\n+int c;\n`,
	];
	await putSeries(tree, [parsePatch('urn.patch', text.join(''))]);
	t.is(await read(tree, 'fs/new/c.c'), 'int c;\n');
	t.false(await exists(join(tree, 'fs/b.c')));
});

test('another series writes only the files that come out different', async (t) => {
	const tree = await makeTree(t);
	await putSeries(tree, [upper]);
	await utimes(join(tree, 'fs/a.c'), old, old);
	await putSeries(tree, [upper, fresh]);
	t.true(await isOld(tree, 'fs/a.c'));
	t.true(await isOld(tree, 'fs/b.c'));
	await putSeries(tree, [fresh]);
	t.is(await read(tree, 'fs/a.c'), 'one\ntwo\nthree\n');
});

test('a patch that does not apply names file and hunk, and leaves the tree as it was', async (t) => {
	const tree = await makeTree(t);
	await putSeries(tree, [upper]);
	const error = await t.throwsAsync(() => putSeries(tree, [fresh, again]), { instanceOf: KernelError });
	t.is(error?.message, 'again.patch does not apply: fs/a.c, hunk 1 at line 1');
	t.is(error?.stage, 'build');
	t.is(await read(tree, 'fs/a.c'), 'one\nTWO\nthree\n');
	t.false(await exists(join(tree, 'fs/new/c.c')));
	t.false(await exists(`${tree}.series/stage`));
});

test('a patch of a file this kernel does not have says so', async (t) => {
	const tree = await makeTree(t);
	await t.throwsAsync(() => putSeries(tree, [change('fs/netfs/direct.c', 'a', 'b')]), {
		message: /this kernel has no fs\/netfs\/direct\.c/,
	});
});

test('a kill between keeping originals and writing files is mended', async (t) => {
	const tree = await makeTree(t);
	await putSeries(tree, [upper]);
	// As a kill leaves it: half the files written, the state naming all whose originals are kept.
	await writeFile(join(tree, 'fs/a.c'), 'one\nTW');
	await putSeries(tree, [upper]);
	t.is(await read(tree, 'fs/a.c'), 'one\nTWO\nthree\n');
	await putSeries(tree, []);
	t.is(await read(tree, 'fs/a.c'), 'one\ntwo\nthree\n');
});

test('fuzz is not accepted', async (t) => {
	const tree = await makeTree(t);
	await t.throwsAsync(() => putSeries(tree, [change('fs/b.c', 'alpha', 'ALPHA', 'gamma')]), { instanceOf: KernelError });
});

test('what patch says is cut to file and hunk', (t) => {
	t.is(whereFailed(['patching file fs/x.c', 'Hunk #1 succeeded at 3.', 'Hunk #2 FAILED at 45.']), 'fs/x.c, hunk 2 at line 45');
	t.is(
		whereFailed(['patching file fs/x.c', 'Reversed (or previously applied) patch detected!  Skipping patch.']),
		'fs/x.c has that change already',
	);
});

test('an absent patch file is met with its name', async (t) => {
	const error = await t.throwsAsync(() => readSeries(['/nonexistent/x.patch']), { instanceOf: UserError });
	t.is(error?.at?.file, '/nonexistent/x.patch');
});

test('a known bug of ours is read as a patch and goes on and off a file it fits', async (t) => {
	const [bug] = await readSeries([join(checkout.top, 'runner/kernel/testdata/flush-reqs.patch')]);
	t.deepEqual(bug?.touches, ['fs/cachefiles/daemon.c']);
	const tree = await makeTree(t);
	// A file of the hunk's own old side, at the line it names.
	const lines = (bug?.text ?? '').split('\n');
	const header = lines.findIndex((line) => line.startsWith('@@'));
	const first = Number(/^@@ -(\d+)/.exec(lines[header] ?? '')?.[1]);
	const before = lines
		.slice(header + 1)
		.filter((line) => /^[ -]/.test(line) && !line.startsWith('-- '))
		.map((line) => line.slice(1));
	await write(tree, 'fs/cachefiles/daemon.c', `${'\n'.repeat(first - 1)}${before.join('\n')}\n`);
	await putSeries(tree, bug ? [bug] : []);
	t.not(await read(tree, 'fs/cachefiles/daemon.c'), `${'\n'.repeat(first - 1)}${before.join('\n')}\n`);
	await putSeries(tree, []);
	t.is(await read(tree, 'fs/cachefiles/daemon.c'), `${'\n'.repeat(first - 1)}${before.join('\n')}\n`);
});
