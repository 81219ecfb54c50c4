/** The tree that erofs images are made of and compared with, on this machine. */

import { appendFile, chmod, mkdtemp, open, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { compileProgram } from '../image/program.ts';
import { exec } from '../util/exec.ts';

const changes: Readonly<Record<string, (tree: string) => Promise<unknown>>> = {
	'a byte in the middle': async (tree) => {
		await using file = await open(join(tree, 'big'), 'r+');
		await file.write(Buffer.from([0x5a, 0xa5]), 0, 2, 70_000);
	},
	'a byte at the end': (tree) => appendFile(join(tree, 'size-4096'), '\0'),
	'a name': (tree) => rename(join(tree, 'many/file-7'), join(tree, 'many/file-70')),
	'a mode': (tree) => chmod(join(tree, 'many/file-7'), 0o600),
	'where a link leads': async (tree) => {
		await rm(join(tree, 'link'));
		await symlink('big', join(tree, 'link'));
	},
	'a file that is not there': (tree) => rm(join(tree, 'size-0')),
};

test('a tree is the same twice, has the bytes it says, and differs by a seed and by anything that is changed in it', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-filetree-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const program = await compileProgram([join(checkout.suites, 'lib/filetree.c')], 'filetree', dir);
	let count = 0;
	const make = async (seed: string) => {
		const tree = join(dir, `tree-${count++}`);
		await exec(program, ['make', tree, '100000', seed]);
		return tree;
	};
	const list = async (tree: string) => (await exec(program, ['list', tree])).stdout;
	const expected = await list(await make('7'));
	t.is(await list(await make('7')), expected);
	t.not(await list(await make('8')), expected);
	// 100,000, the sizes around a block, 20,000 and 32 times 3,000
	t.is((await exec(program, ['bytes', await make('7')])).stdout, String(100_000 + 1 + 4095 + 4096 + 4097 + 65_553 + 20_000 + 32 * 3000));
	for (const [what, change] of Object.entries(changes)) {
		const tree = await make('7');
		await change(tree);
		t.not(await list(tree), expected, what);
	}
});
