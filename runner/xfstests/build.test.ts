import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { KernelError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { buildTree } from './build.ts';

const makefile = 'src/prog: src/prog.c\n\tgcc -c -o src/prog.o $<\n\tgcc -o $@ src/prog.o\n';

async function folders(t: ExecutionContext) {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-xfstests-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	const tree = join(dir, 'tree');
	await mkdir(join(tree, 'src'), { recursive: true });
	await writeFile(join(tree, 'Makefile'), makefile);
	await writeFile(join(tree, 'check'), '#!/bin/sh\n');
	await writeFile(join(tree, 'src/prog.c'), 'int main(void) { return 0; }\n');
	const { signal } = new AbortController();
	const build = () => buildTree(tree, { cacheDir: join(dir, 'cache'), jobs: 2, signal, onProgress: () => {} });
	return { tree, build };
}

const git = (dir: string, ...args: string[]) => exec('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args]);

test('a tree is built in a copy, without its objects, and is not touched', async (t) => {
	const { tree, build } = await folders(t);
	const before = await readdir(tree, { recursive: true });
	const built = await build();
	t.deepEqual((await readdir(join(built, 'src'))).sort(), ['prog', 'prog.c']);
	t.deepEqual(await readdir(tree, { recursive: true }), before);
	t.is(await build(), built, 'nothing is built twice');
});

test('any change gives another build: content, mode, a link, a new file', async (t) => {
	const { tree, build } = await folders(t);
	const seen = [await build()];
	await writeFile(join(tree, 'check'), '#!/bin/sh\n: changed\n');
	seen.push(await build());
	await chmod(join(tree, 'check'), 0o755);
	seen.push(await build());
	await writeFile(join(tree, 'new'), '');
	seen.push(await build());
	await symlink('new', join(tree, 'link'));
	seen.push(await build());
	t.is(new Set(seen).size, seen.length);
});

test('of a git checkout come what git tracks, changed or not, and what it would add, but nothing that it ignores', async (t) => {
	const { tree, build } = await folders(t);
	await writeFile(join(tree, '.gitignore'), '*.o\n/src/prog\n/local.config\n');
	await writeFile(join(tree, 'gone'), '');
	await git(tree, 'init', '-q');
	await git(tree, 'add', '.');
	await git(tree, 'commit', '-qm', 'all');
	await rm(join(tree, 'gone'));
	await writeFile(join(tree, 'check'), '#!/bin/sh\n: mine\n');
	await writeFile(join(tree, 'src/prog'), 'built by the user');
	await writeFile(join(tree, 'local.config'), 'the user’s own');
	await writeFile(join(tree, 'untracked'), '');
	const built = await build();
	t.deepEqual((await readdir(built)).sort(), ['.gitignore', 'Makefile', 'check', 'src', 'untracked']);
	t.is(await readFile(join(built, 'check'), 'utf8'), '#!/bin/sh\n: mine\n');
	t.not(await readFile(join(built, 'src/prog'), 'utf8'), 'built by the user');
});

test('a tree that does not build is untestable, and the compiler is heard', async (t) => {
	const { tree, build } = await folders(t);
	await writeFile(join(tree, 'src/prog.c'), 'int main(void) { return nothing; }\n');
	const error = await t.throwsAsync(build(), { instanceOf: KernelError, message: /xfstests does not build: .*'nothing' undeclared/ });
	t.true(
		error.log.some((line) => /^src\/prog\.c:1:\d+: error: 'nothing' undeclared/.test(line)),
		error.log.join('\n'),
	);
	await writeFile(join(tree, 'src/prog.c'), 'int main(void) { return 0; }\n');
	await t.notThrowsAsync(build());
});
