import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { exec } from '../util/exec.ts';
import { ownCommit } from './own-commit.ts';

test('a checkout with changes is told from its commit', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-own-commit-'));
	t.teardown(() => rm(dir, { recursive: true }));
	t.is(await ownCommit(dir), undefined);
	const git = (...args: string[]) => exec('git', ['-C', dir, '-c', 'user.name=A', '-c', 'user.email=a@b', ...args]);
	await git('init', '--quiet');
	await writeFile(join(dir, 'suite.yaml'), 'a\n');
	await git('add', '.');
	await git('commit', '--quiet', '--message=a');
	t.regex((await ownCommit(dir)) ?? '', /^[0-9a-f]{12}$/);
	await writeFile(join(dir, 'suite.yaml'), 'b\n');
	t.regex((await ownCommit(dir)) ?? '', /^[0-9a-f]{12}-dirty$/);
});
