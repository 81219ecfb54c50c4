import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UserError } from '../util/errors.ts';
import { closure, mergedPath, resolveIn } from './libraries.ts';

async function folder(t: { teardown(fn: () => Promise<void>): void }): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'crucible-libraries-'));
	t.teardown(() => rm(path, { recursive: true }));
	return path;
}

test('the closure of /bin/sh is its loader and libc, at their places in a merged /usr', async (t) => {
	const libraries = await closure([{ path: '/usr/bin/sh', source: '/bin/sh' }], [], ['/']);
	t.deepEqual(
		libraries.map(({ path }) => path),
		['/usr/lib/x86_64-linux-gnu/libc.so.6', '/usr/lib64/ld-linux-x86-64.so.2'],
	);
});

test('a library of the packages wins over the one of this machine', async (t) => {
	const root = await folder(t);
	await mkdir(join(root, 'lib/x86_64-linux-gnu'), { recursive: true });
	const own = join(root, 'lib/x86_64-linux-gnu/libc.so.6');
	await copyFile('/lib/x86_64-linux-gnu/libc.so.6', own);
	const libraries = await closure([{ path: '/usr/bin/sh', source: '/bin/sh' }], [], [root, '/']);
	t.is(libraries.find(({ path }) => path.endsWith('libc.so.6'))?.source, own);
});

test('a missing library is an error that names the program and the library', async (t) => {
	const root = await folder(t);
	const program = join(root, 'program');
	const bytes = await readFile('/bin/sh');
	bytes.write('libx', bytes.indexOf('libc.so.6'));
	await writeFile(program, bytes);
	const error = await t.throwsAsync(closure([{ path: '/usr/bin/program', source: program }], [], ['/']), { instanceOf: UserError });
	t.is(error?.message, "/usr/bin/program needs libx.so.6, which is neither in the image's packages nor on this machine");
});

test('a library that is wanted by name alone is found with what it needs', async (t) => {
	const libraries = await closure([], ['libgcc_s.so.1'], ['/']);
	t.true(libraries.some(({ path }) => path.endsWith('/libgcc_s.so.1')));
	t.true(libraries.some(({ path }) => path.endsWith('/libc.so.6')));
});

test("a package's absolute link stays in the package, and merged paths are found unmerged", async (t) => {
	const root = await folder(t);
	await mkdir(join(root, 'lib64'));
	await mkdir(join(root, 'lib/deep'), { recursive: true });
	await writeFile(join(root, 'lib/deep/real'), '');
	await symlink('/lib/deep/real', join(root, 'lib64/name'));
	t.is(await resolveIn(root, '/usr/lib64/name'), join(root, 'lib/deep/real'));
	t.is(await resolveIn(root, '/lib64/absent'), undefined);
	t.is(mergedPath('/sbin/x'), '/usr/sbin/x');
	t.is(mergedPath('/usr/sbin/x'), '/usr/sbin/x');
	t.is(mergedPath('/srv/bin/x'), '/srv/bin/x');
});
