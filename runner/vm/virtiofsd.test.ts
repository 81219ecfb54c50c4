import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { exists } from '../util/files.ts';
import { Scope } from '../util/scope.ts';
import { isListening, serveVirtiofs } from './virtiofsd.ts';

const unix = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 100 /run/a.fs
0000000000000000: 00000003 00000000 00000000 0001 03 101 /run/b.fs
0000000000000000: 00000002 00000000 00010000 0001 01 102`;

test('a socket counts as ready when it listens, not when it is only there', (t) => {
	t.true(isListening(unix, '/run/a.fs'));
	t.false(isListening(unix, '/run/b.fs'));
	t.false(isListening(unix, 'a.fs'));
});

// "4711 (virtiofsd) S 4700 4711 4711 ...": its parent, its group, its session
const groupOf = (stat: string) => /\) \w \d+ (\d+) /.exec(stat)?.[1];

/** Groups of the processes whose command line holds `text`. */
async function groupsWith(text: string): Promise<(string | undefined)[]> {
	const groups = [];
	for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
		const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
		if ((await read('cmdline')).includes(text)) groups.push(groupOf(await read('stat')));
	}
	return groups;
}

test('virtiofsd is ready when asked for, ends with its scope, and says why it cannot serve', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	t.teardown(() => rm(dir, { recursive: true }));
	await using scope = new Scope();
	await serveVirtiofs(dir, join(dir, 'one.fs'), scope);
	t.true(await exists(join(dir, 'one.fs')));
	const ours = groupOf(await readFile('/proc/self/stat', 'utf8'));
	const groups = await groupsWith(join(dir, 'one.fs'));
	t.true(groups.length > 0);
	t.false(groups.includes(ours), "a Ctrl-C is not virtiofsd's");
	await scope[Symbol.asyncDispose]();
	await t.throwsAsync(serveVirtiofs(join(dir, 'nowhere'), join(dir, 'two.fs'), scope), {
		message: /virtiofsd ended as it started(?:.|\n)*nowhere/,
	});
});
