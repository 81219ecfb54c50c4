import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { parseRange, readRange } from './commit-range.ts';

const identity = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b' };

async function repository(t: ExecutionContext) {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-range-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const git = async (...args: string[]) => (await exec('git', ['-C', dir, ...args], { env: identity })).stdout;
	const commit = async (file: string, text: string, title: string) => {
		await writeFile(join(dir, file), text);
		await git('add', '.');
		await git('commit', '--quiet', '-m', title, '-m', 'Because of\nFrom here.');
		return git('rev-parse', 'HEAD');
	};
	await git('init', '--quiet', '--initial-branch=main');
	const base = await commit('a.c', 'one\n', 'begin');
	return { dir, git, commit, base };
}

test('a range is a series on the commit it branched off, oldest first', async (t) => {
	const { dir, git, commit, base } = await repository(t);
	await git('checkout', '--quiet', '-b', 'topic');
	await commit('a.c', 'two\n', 'netfs: [odd] title');
	await commit('b.c', 'new\n', 'add b');
	await git('checkout', '--quiet', 'main');
	await commit('c.c', 'meanwhile\n', 'main went on');
	const range = await readRange(dir, parseRange('main..topic'));
	t.is(range.base, base);
	t.deepEqual(
		range.patches.map(({ commit: about, touches }) => [about?.title, about?.author, touches]),
		[
			['netfs: [odd] title', 'A <a@b>', ['a.c']],
			['add b', 'A <a@b>', ['b.c']],
		],
	);
	t.is(range.patches[0]?.commit?.message, 'Because of\nFrom here.');
});

test('a range that is none, is empty, or has merges in it is refused', async (t) => {
	const { dir, git, commit } = await repository(t);
	await t.throwsAsync(() => readRange(dir, parseRange('main..HEAD')), { instanceOf: UserError, message: /is empty/ });
	await t.throwsAsync(() => readRange(dir, parseRange('mian..HEAD')), { instanceOf: UserError, message: /no commit named "mian"/ });
	await git('checkout', '--quiet', '-b', 'topic');
	await commit('b.c', 'new\n', 'add b');
	await git('checkout', '--quiet', '-b', 'other', 'main');
	await commit('c.c', 'new\n', 'add c');
	await git('merge', '--quiet', '--no-edit', 'topic');
	await t.throwsAsync(() => readRange(dir, parseRange('main..other')), { instanceOf: UserError, message: /merges/ });
});

test('the forms of a range', (t) => {
	t.deepEqual(parseRange('v6.12..topic'), { base: 'v6.12', head: 'topic' });
	t.deepEqual(parseRange('v6.12..'), { base: 'v6.12', head: 'HEAD' });
	t.deepEqual(parseRange('../linux#a..b'), { repository: '../linux', base: 'a', head: 'b' });
	for (const text of ['v6.12', '..topic', 'a...b']) t.throws(() => parseRange(text), { instanceOf: UserError });
});
