import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';
import { applySeries, contentKey, prepareTree } from './prepare.ts';
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
	t.is(await readFile(join(second.tree, 'fs/a.c'), 'utf8'), 'two\n');
	const old = new Date('2024-01-01');
	for (const file of ['fs/a.c', 'fs/same.c']) await utimes(join(second.tree, file), old, old);

	const first = await openSource('linux#v1', options);
	t.is(first.tree, second.tree);
	t.is(first.version.text, '6.12.0-rc1');
	t.is(await readFile(join(first.tree, 'fs/a.c'), 'utf8'), 'one\n');
	t.is((await stat(join(first.tree, 'fs/same.c'))).mtimeMs, old.getTime());
	t.not(contentKey(first), contentKey(second));

	await prepareTree(second, {});
	t.is(await readFile(join(first.tree, 'fs/a.c'), 'utf8'), 'two\n');

	t.is(await git(linux, 'status', '--porcelain'), status);
	t.is(await git(linux, 'for-each-ref'), refs);
	t.false(await exists(join(linux, '.git/worktrees')));

	const unknown = await t.throwsAsync(() => openSource('linux#v2', options), { instanceOf: UserError });
	t.regex(unknown?.hint ?? '', /did you mean v1/);
});

test('a folder is used in place, and copied before it is patched', async (t) => {
	const { home, linux, options } = await setUp(t);
	const source = await openSource('linux', options);
	t.is(source.tree, linux);
	t.is(contentKey(source), undefined);
	const file = join(home, 'x.patch');
	await writeFile(file, '--- a/fs/a.c\n+++ b/fs/a.c\n@@ -1 +1 @@\n-one\n+ONE\n');
	const patched = await applySeries(source, [file], options);
	t.not(patched.tree, linux);
	t.is(await readFile(join(patched.tree, 'fs/a.c'), 'utf8'), 'ONE\n');
	t.is(await readFile(join(linux, 'fs/a.c'), 'utf8'), 'one\n');

	const before = (await stat(join(patched.tree, 'fs/a.c'))).mtimeMs;
	await writeFile(join(linux, 'fs/same.c'), 'changed\n');
	await prepareTree(patched, {});
	t.is(await readFile(join(patched.tree, 'fs/same.c'), 'utf8'), 'changed\n', 'the copy follows the folder');
	t.is((await stat(join(patched.tree, 'fs/a.c'))).mtimeMs, before, 'and what did not change keeps its time');
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
