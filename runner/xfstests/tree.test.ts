import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { UserError } from '../util/errors.ts';
import { readTree } from './tree.ts';

async function treeOf(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-xfstests-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	for (const [path, text] of Object.entries(files)) {
		await mkdir(dirname(join(dir, path)), { recursive: true });
		await writeFile(join(dir, path), text);
	}
	return dir;
}

const base = { check: '', Makefile: '', 'tests/generic/001': '_begin_fstest auto quick\n' };

test('tests and groups are found in trees of every age, and what lies beside them is none', async (t) => {
	const dir = await treeOf(t, {
		...base,
		'tests/generic/001.out': '',
		'tests/generic/group.list': '001 stale\n1234 auto\n',
		'tests/generic/1234': 'echo\n',
		'tests/generic/Makefile': '',
		'tests/shared/002': '',
		'tests/shared/002.cfg': '',
		'tests/shared/group': '002 auto dir\n003 gone\n',
		'tests/btrfs/018-name/file': '',
	});
	t.deepEqual((await readTree(dir)).tests, [
		{ name: 'generic/001', folder: 'generic', groups: ['auto', 'quick'] },
		{ name: 'generic/1234', folder: 'generic', groups: ['auto'] },
		{ name: 'shared/002', folder: 'shared', groups: ['auto', 'dir'] },
	]);
});

test('a folder that is no xfstests tree is refused with what it lacks', async (t) => {
	await t.throwsAsync(readTree('/nowhere/at/all'), { instanceOf: UserError, message: /there is no \/nowhere\/at\/all/ });
	const { check: _, ...noCheck } = base;
	await t.throwsAsync(treeOf(t, noCheck).then(readTree), { instanceOf: UserError, message: /it has no check$/ });
	await t.throwsAsync(treeOf(t, { check: '', Makefile: '', 'tests/x/README': '' }).then(readTree), { message: /tests\/ has no test$/ });
});
