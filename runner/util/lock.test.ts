import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { checkout } from '../config/paths.ts';
import { poll } from './deadline.ts';
import { lock, tryLock } from './lock.ts';

const module = pathToFileURL(join(checkout.top, 'dist/runner/util/lock.js')).href;

async function lockPath(t: ExecutionContext): Promise<string> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-lock-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	return join(dir, 'lock');
}

async function isFree(path: string): Promise<boolean> {
	await using held = await tryLock(path);
	return held !== undefined;
}

test('a lock is exclusive and told of when waited for', async (t) => {
	const path = await lockPath(t);
	const first = await lock(path);
	let hasWaited = false;
	const second = lock(path, {
		onWait() {
			hasWaited = true;
			void first[Symbol.asyncDispose]();
		},
	});
	await (await second)[Symbol.asyncDispose]();
	t.true(hasWaited);
});

test('a shared lock is held by several, and by nobody beside an exclusive one', async (t) => {
	const path = await lockPath(t);
	const readers = await Promise.all([lock(path, { isShared: true }), lock(path, { isShared: true })]);
	t.is(await tryLock(path), undefined);
	for (const reader of readers) await reader[Symbol.asyncDispose]();
	await using writer = await tryLock(path);
	t.truthy(writer);
	t.is(await tryLock(path, { isShared: true }), undefined);
});

test('a signal ends the wait for a lock', async (t) => {
	const path = await lockPath(t);
	const first = await lock(path);
	const controller = new AbortController();
	const stopped = { signal: controller.signal, onWait: () => controller.abort(new Error('stopped')) };
	await t.throwsAsync(lock(path, stopped), { message: 'stopped' });
	await t.throwsAsync(lock(path, stopped), { message: 'stopped' });
	await first[Symbol.asyncDispose]();
	t.true(await isFree(path));
});

test('a lock that is held is kept until it is disposed of, whatever its signal says', async (t) => {
	const path = await lockPath(t);
	const controller = new AbortController();
	const held = await lock(path, { signal: controller.signal });
	controller.abort(new Error('stopped'));
	// A holder that was told to end takes a moment.
	for (let tries = 0; tries < 5; tries++) t.false(await isFree(path));
	await held[Symbol.asyncDispose]();
	t.true(await isFree(path));
});

test('a Ctrl-C leaves a lock with whoever goes on, and a kill frees it', async (t) => {
	const path = await lockPath(t);
	const script = `
		const { lock } = await import(${JSON.stringify(module)});
		const held = await lock(${JSON.stringify(path)});
		process.on('SIGINT', () => console.log('drains'));
		setInterval(() => {}, 1000);
		console.log('ready');`;
	const child = execa(process.execPath, ['--input-type=module', '--eval', script], { reject: false, detached: true });
	t.teardown(() => void child.kill('SIGKILL'));
	await once(child.stdout, 'data');
	const drains = once(child.stdout, 'data');
	process.kill(-(child.pid ?? 0), 'SIGINT');
	await drains;
	for (let tries = 0; tries < 5; tries++) t.false(await isFree(path));
	child.kill('SIGKILL');
	await child;
	await poll(() => isFree(path), { ms: 10_000, what: 'the lock to be free' });
	t.pass();
});
