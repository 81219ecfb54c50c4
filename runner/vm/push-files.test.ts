import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { DeadlineError } from '../util/deadline.ts';
import { GuestError } from './agent.ts';
import { type AgentBed, withAgent } from './agent-bed.ts';
import { pushFiles } from './push-files.ts';

const test = anyTest as TestFn<AgentBed>;

withAgent(test);

test('a pushed file has its content, mode and folders, and nothing is left beside it', async (t) => {
	const { agent, dir } = t.context;
	const content = Buffer.from(Array.from({ length: 1_000_003 }, (_, n) => n % 251));
	await agent.push(`${dir}/a/b/file`, content, 0o755);
	t.true((await readFile(join(dir, 'a/b/file'))).equals(content));
	t.is((await stat(join(dir, 'a/b/file'))).mode & 0o777, 0o755);
	t.deepEqual(await readdir(join(dir, 'a/b')), ['file']);
	t.true((await agent.pull(`${dir}/a/b/file`)).equals(content));
	await agent.push(`${dir}/empty`, '');
	t.is((await agent.pull(`${dir}/empty`)).length, 0);
	await writeFile(join(dir, 'host'), 'from a file');
	await agent.push(`${dir}/copy`, { file: join(dir, 'host') });
	t.is((await agent.pull(`${dir}/copy`)).toString(), 'from a file');
});

test('a hundred files at once find their way', async (t) => {
	const { agent, dir } = t.context;
	const names = Array.from({ length: 100 }, (_, n) => `${dir}/${n}`);
	await Promise.all(names.map((name) => agent.push(name, name)));
	t.deepEqual((await Promise.all(names.map((name) => agent.pull(name)))).map(String), names);
});

test('many files go as one archive, with their modes and folders', async (t) => {
	const { agent, dir } = t.context;
	const long = `${dir}/${'folder/'.repeat(12)}${'n'.repeat(90)}`;
	await writeFile(join(dir, 'host'), Buffer.alloc(1_000, 1));
	await pushFiles(
		agent,
		[
			{ path: `${dir}/a/script`, content: '#!/bin/sh', mode: 0o755 },
			{ path: `${dir}/a/ü`, content: { file: join(dir, 'host') } },
			{ path: long, content: Buffer.alloc(512, 2) },
		],
		{ tar: 'tar', timeoutMs: 10_000 },
	);
	t.is((await stat(join(dir, 'a/script'))).mode & 0o777, 0o755);
	t.deepEqual(await readFile(join(dir, 'a/ü')), Buffer.alloc(1_000, 1));
	t.deepEqual(await readFile(long), Buffer.alloc(512, 2));
	const error = await t.throwsAsync(pushFiles(agent, [{ path: '/proc/nothing/x', content: 'x' }], { tar: 'tar', timeoutMs: 10_000 }), {
		instanceOf: GuestError,
	});
	t.regex(error.message, /^push 1 file: tar: /);
});

test('files that the guest does not take in time are a deadline that names them', async (t) => {
	const { agent, dir } = t.context;
	const stuck = join(dir, 'tar');
	await writeFile(stuck, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
	const pushing = pushFiles(agent, [{ path: `${dir}/x`, content: 'x' }], { tar: stuck, timeoutMs: 100 });
	await t.throwsAsync(pushing, { instanceOf: DeadlineError, message: /^waited 0.1 s for 1 file to be unpacked in the guest/ });
});

test('what cannot be pushed or pulled is an error', async (t) => {
	const { agent, dir } = t.context;
	await t.throwsAsync(agent.pull(`${dir}/absent`), { message: `pull ${dir}/absent: No such file or directory` });
	await t.throwsAsync(agent.push('/proc/nothing/file', 'x'), { instanceOf: GuestError });
	await t.throwsAsync(agent.push(`${dir}/x`, { file: join(dir, 'absent') }), { code: 'ENOENT' });
	await t.throwsAsync(agent.pull('/dev/zero', { maxBytes: 1_000_000 }), { instanceOf: RangeError });
	t.deepEqual(await readdir(dir), []);
});

test('a push that is given up at any moment ends, and leaves no half of a file', async (t) => {
	const { agent, dir } = t.context;
	for (let n = 0; n < 300; n++) await t.throwsAsync(agent.push(`${dir}/x`, { file: join(dir, 'absent') }), { code: 'ENOENT' });
	t.deepEqual(await readdir(dir), []);
});
