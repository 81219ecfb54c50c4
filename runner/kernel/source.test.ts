import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { poll } from '../util/deadline.ts';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';
import { applySeries, contentKeys, prepareTree } from './prepare.ts';
import { readSeries } from './read-series.ts';
import { openSource } from './source.ts';

async function makeKernel(parent: string, version: string): Promise<string> {
	const tree = join(parent, 'linux');
	for (const folder of ['arch/x86', 'scripts', 'fs']) await mkdir(join(tree, folder), { recursive: true });
	for (const [file, text] of Object.entries({
		Makefile: makefile(version),
		Kconfig: 'mainmenu "x"\n',
		Kbuild: '\n',
		'arch/x86/Kconfig': '\n',
		'scripts/x': '\n',
		'fs/a.c': 'one\n',
		'fs/same.c': 'same\n',
	}))
		await writeFile(join(tree, file), text);
	return tree;
}

const makefile = (version: string) => {
	const [major, minor] = version.split('.');
	return `VERSION = ${major}\nPATCHLEVEL = ${minor}\nSUBLEVEL = 0\nEXTRAVERSION = -rc1\nNAME = x\n`;
};

async function git(tree: string, ...args: string[]): Promise<string> {
	const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
	return (await exec('git', ['-C', tree, ...identity, ...args])).stdout.trim();
}

async function setUp(t: { teardown(work: () => Promise<void>): void }) {
	const home = await mkdtemp(join(tmpdir(), 'crucible-git-'));
	t.teardown(() => rm(home, { recursive: true }));
	const linux = await makeKernel(home, '6.12');
	return { home, linux, options: { cacheDir: join(home, 'cache'), cwd: home } };
}

test('a ref is checked out into a clone of ours, and the next ref into the same clone, touching what differs only', async (t) => {
	const { linux, options } = await setUp(t);
	await git(linux, 'init', '--quiet');
	await git(linux, 'add', '.');
	await git(linux, 'commit', '--quiet', '-m', 'one');
	await git(linux, 'tag', 'v1');
	await writeFile(join(linux, 'Makefile'), makefile('6.13'));
	await writeFile(join(linux, 'fs/a.c'), 'two\n');
	await git(linux, 'commit', '--quiet', '-am', 'two');
	await writeFile(join(linux, 'fs/a.c'), 'not committed\n');
	const status = await git(linux, 'status', '--porcelain');
	const refs = await git(linux, 'for-each-ref');

	const second = await openSource('linux#HEAD', options);
	t.is(second.version.text, '6.13.0-rc1');
	t.is(second.origin, `git ${await git(linux, 'rev-parse', 'HEAD')} of linux`);
	t.false(await exists(second.tree), 'nothing is checked out before it is to be built');
	await prepareTree(second, {});
	t.is(await readFile(join(second.tree, 'fs/a.c'), 'utf8'), 'two\n');
	const old = new Date('2024-01-01');
	for (const file of ['fs/a.c', 'fs/same.c']) await utimes(join(second.tree, file), old, old);

	const first = await openSource('linux#v1', options);
	t.is(first.tree, second.tree);
	t.is(first.version.text, '6.12.0-rc1');
	await prepareTree(first, {});
	t.is(await readFile(join(first.tree, 'fs/a.c'), 'utf8'), 'one\n');
	t.is((await stat(join(first.tree, 'fs/same.c'))).mtimeMs, old.getTime());
	t.notDeepEqual(await contentKeys(first), await contentKeys(second));
	t.deepEqual(await contentKeys(first), await contentKeys(await openSource('linux#v1', options)));

	await prepareTree(second, {});
	t.is(await readFile(join(first.tree, 'fs/a.c'), 'utf8'), 'two\n');

	t.is(await git(linux, 'status', '--porcelain'), status);
	t.is(await git(linux, 'for-each-ref'), refs);
	t.false(await exists(join(linux, '.git/worktrees')));

	const unknown = await t.throwsAsync(() => openSource('linux#v2', options), { instanceOf: UserError });
	t.regex(unknown?.hint ?? '', /did you mean v1/);
});

const patchText = '--- a/fs/a.c\n+++ b/fs/a.c\n@@ -1 +1 @@\n-one\n+ONE\n';

for (const kind of ['a repository', 'a bare repository'])
	test(`a series on a ref of ${kind} is known to apply before anything is checked out`, async (t) => {
		const { home, linux, options } = await setUp(t);
		await git(linux, 'init', '--quiet');
		await git(linux, 'add', '.');
		await git(linux, 'commit', '--quiet', '-m', 'one');
		await writeFile(join(linux, 'fs/a.c'), 'two\n');
		await git(linux, 'commit', '--quiet', '-am', 'two');
		if (kind === 'a bare repository') {
			await git(home, 'clone', '--quiet', '--bare', 'linux', 'bare');
			await rename(join(home, 'bare'), join(home, 'linux.git'));
		}
		const name = kind === 'a bare repository' ? 'linux.git' : 'linux';
		const file = join(home, 'x.patch');
		await writeFile(file, patchText);
		const patched = await applySeries(await openSource(`${name}#HEAD~1`, options), await readSeries([file]), options);
		t.false(await exists(patched.tree));
		await prepareTree(patched, {});
		t.is(await readFile(join(patched.tree, 'fs/a.c'), 'utf8'), 'ONE\n');
		const head = await openSource(`${name}#HEAD`, options);
		await t.throwsAsync(async () => applySeries(head, await readSeries([file]), options), { message: /does not apply: fs\/a\.c, hunk 1/ });
		t.is(await readFile(join(patched.tree, 'fs/a.c'), 'utf8'), 'ONE\n');
		await prepareTree(head, {});
		t.is(await readFile(join(patched.tree, 'fs/a.c'), 'utf8'), 'two\n');
	});

test('a folder is used in place, and copied before it is patched', async (t) => {
	const { home, linux, options } = await setUp(t);
	const source = await openSource('linux', options);
	t.is(source.tree, linux);
	const file = join(home, 'x.patch');
	await writeFile(file, patchText);
	const patched = await applySeries(source, await readSeries([file]), options);
	t.not(patched.tree, linux);
	t.false(await exists(patched.tree));
	await prepareTree(patched, {});
	t.is(await readFile(join(patched.tree, 'fs/a.c'), 'utf8'), 'ONE\n');
	t.is(await readFile(join(linux, 'fs/a.c'), 'utf8'), 'one\n');

	const before = (await stat(join(patched.tree, 'fs/a.c'))).mtimeMs;
	await writeFile(join(linux, 'fs/same.c'), 'changed\n');
	await prepareTree(patched, {});
	t.is(await readFile(join(patched.tree, 'fs/same.c'), 'utf8'), 'changed\n', 'the copy follows the folder');
	t.is((await stat(join(patched.tree, 'fs/a.c'))).mtimeMs, before, 'and what did not change keeps its time');
});

test('what a copy gets is always newer than what was built from it', async (t) => {
	const { home, linux, options } = await setUp(t);
	const long = new Date('2024-01-01');
	await utimes(join(linux, 'fs/a.c'), long, long);
	await utimes(join(linux, 'fs/same.c'), long, long);
	const [one, other] = [join(home, 'one.patch'), join(home, 'other.patch')];
	await writeFile(one, patchText);
	await writeFile(other, '--- a/fs/same.c\n+++ b/fs/same.c\n@@ -1 +1 @@\n-same\n+SAME\n');
	const source = await openSource('linux', options);
	const first = await applySeries(source, await readSeries([one]), options);
	await prepareTree(first, {});
	const copy = join(first.tree, 'fs/a.c');
	// An object that was compiled from the patched file.
	const object = join(home, 'a.o');
	const isStale = async () => (await stat(copy)).mtimeMs > (await stat(object)).mtimeMs;
	await writeFile(object, '');

	const second = await applySeries(source, await readSeries([other]), options);
	for (let times = 0; times < 2; times++) await prepareTree(second, {});
	t.is(await readFile(copy, 'utf8'), 'one\n');
	t.true(await isStale(), 'the series was taken off, and make has to see that');

	await writeFile(object, '');
	await writeFile(join(home, 'older.c'), 'older\n');
	await utimes(join(home, 'older.c'), long, long);
	await rename(join(home, 'older.c'), join(linux, 'fs/a.c'));
	await prepareTree(second, {});
	t.is(await readFile(copy, 'utf8'), 'older\n');
	t.true(await isStale(), 'the user took the file back to an older version');
});

test('where a file was there may be a folder, and a file again', async (t) => {
	const { home, linux, options } = await setUp(t);
	const file = join(home, 'x.patch');
	await writeFile(file, patchText);
	const patched = await applySeries(await openSource('linux', options), await readSeries([file]), options);
	await prepareTree(patched, {});
	await rm(join(linux, 'fs/same.c'));
	await mkdir(join(linux, 'fs/same.c'));
	await writeFile(join(linux, 'fs/same.c/below.c'), 'below\n');
	await prepareTree(patched, {});
	t.is(await readFile(join(patched.tree, 'fs/same.c/below.c'), 'utf8'), 'below\n');
	await rm(join(linux, 'fs/same.c'), { recursive: true });
	await writeFile(join(linux, 'fs/same.c'), 'a file again\n');
	await prepareTree(patched, {});
	t.is(await readFile(join(patched.tree, 'fs/same.c'), 'utf8'), 'a file again\n');
});

test('a copy that a kill left half made is made whole', async (t) => {
	const { home, linux, options } = await setUp(t);
	const file = join(home, 'x.patch');
	await writeFile(file, patchText);
	const patched = await applySeries(await openSource('linux', options), await readSeries([file]), options);
	await prepareTree(patched, {});
	await rm(`${patched.tree}.followed`);
	await writeFile(join(patched.tree, 'fs/same.c'), 'half\n');
	await writeFile(join(patched.tree, 'fs/left.c'), '');
	await rm(join(patched.tree, 'scripts/x'));
	await prepareTree(patched, {});
	t.is(await readFile(join(patched.tree, 'fs/same.c'), 'utf8'), 'same\n');
	t.is(await readFile(join(patched.tree, 'fs/a.c'), 'utf8'), 'ONE\n');
	t.false(await exists(join(patched.tree, 'fs/left.c')));
	t.true(await exists(join(patched.tree, 'scripts/x')));
	await rm(join(linux, 'fs'), { recursive: true });
	await writeFile(join(linux, 'fs'), 'a file now\n');
	await prepareTree({ ...patched, patches: [] }, {});
	t.is(await readFile(join(patched.tree, 'fs'), 'utf8'), 'a file now\n');
});

test('a folder of the user’s has a content key as long as nobody touches it', async (t) => {
	const { linux, options } = await setUp(t);
	const source = await openSource('linux', options);
	const keyOf = async (of = source) => poll(async () => contentKeys(of), { ms: 5_000, everyMs: 20, what: 'the files to be old enough' });
	const key = await keyOf();
	t.deepEqual(await keyOf(), key);
	t.is(key.own, key.plain);
	await writeFile(join(options.cwd, 'x.patch'), patchText);
	const patched = await keyOf(await applySeries(source, await readSeries([join(options.cwd, 'x.patch')]), options));
	t.is(patched.plain, key.plain, 'what a patched copy is compared with');
	t.not(patched.own, key.own);
	const { atime, mtime } = await stat(join(linux, 'fs/a.c'));
	await writeFile(join(linux, 'fs/a.c'), 'ONE\n');
	await utimes(join(linux, 'fs/a.c'), atime, mtime);
	t.notDeepEqual(await keyOf(), key);
	await symlink('/etc/passwd', join(linux, 'fs/outside'));
	t.is(await contentKeys(source), undefined, 'what is behind a link may change unseen');
});

test('a tarball is unpacked once, whatever its top folder is called', async (t) => {
	const { home, options } = await setUp(t);
	await exec('tar', ['-czf', join(home, 'k.tar.gz'), '-C', home, 'linux']);
	const source = await openSource('k.tar.gz', options);
	t.is(source.version.minor, 12);
	const { ino } = await stat(source.tree);
	t.is((await stat((await openSource('k.tar.gz', options)).tree)).ino, ino);
});

for (const [what, spec, pattern] of [
	['a path that is not there', 'nowhere', /there is no .*nowhere/],
	['a folder that is no kernel', '.', /not a kernel tree: it has no Makefile/],
	['a file that is no tarball', 'broken.tar.xz', /cannot unpack/],
	['a tarball without a kernel', 'other.tar', /holds no kernel tree/],
	['a tarball that is not there', 'none.tar', /there is no tarball/],
	['a folder that is no repository', 'linux#HEAD', /not a usable git repository/],
	['a Debian series that is not installed', 'debian:9.99', /linux-source-9\.99, which is not installed|works on Debian only/],
] as const) {
	test(`${what} is met with a hint`, async (t) => {
		const { home, options } = await setUp(t);
		await writeFile(join(home, 'broken.tar.xz'), 'not xz');
		await exec('tar', ['-cf', join(home, 'other.tar'), '-C', home, 'linux/fs']);
		const error = await t.throwsAsync(() => openSource(spec, options), { instanceOf: UserError, message: pattern });
		t.truthy(error?.hint);
		t.false(await exists(join(home, 'cache/sources/linux')));
	});
}

test('a tree that was built in place is refused with the command that mends it', async (t) => {
	const { linux, options } = await setUp(t);
	await writeFile(join(linux, '.config'), '');
	const error = await t.throwsAsync(() => openSource('linux', options), { instanceOf: UserError });
	t.regex(error?.hint ?? '', /mrproper$/);
});
