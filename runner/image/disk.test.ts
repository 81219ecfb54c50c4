import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UserError } from '../util/errors.ts';
import { makeDisk, overlay, parseSize } from './disk.ts';

async function folder(t: { teardown(fn: () => Promise<void>): void }): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'crucible-disk-'));
	t.teardown(() => rm(path, { recursive: true }));
	return path;
}

test('sizes are powers of 1024 in whole sectors', (t) => {
	t.is(parseSize('512M'), 512 * 1024 * 1024);
	t.is(parseSize('2G'), 2 * 1024 ** 3);
	t.is(parseSize('1024'), 1024);
	for (const text of ['', '0', 'M', '512MB', '-1M', '1.5G', '1000']) t.throws(() => parseSize(text), { instanceOf: UserError }, text);
});

test('a disk is sparse and made once; an overlay is new or refused', async (t) => {
	const cacheDir = await folder(t);
	const base = await makeDisk({ size: '64M', fs: 'none' }, { cacheDir });
	const { size, blocks, ino } = await stat(base);
	t.deepEqual([size, blocks], [64 * 1024 * 1024, 0]);
	t.is((await stat(await makeDisk({ size: 64 * 1024 * 1024, fs: 'none' }, { cacheDir }))).ino, ino);
	const path = join(cacheDir, 'machine/cache.qcow2');
	await overlay(base, path);
	t.true((await stat(path)).size > 0);
	await t.throwsAsync(overlay(base, path), { message: `there is already a disk at ${path}` });
});

test('a disk too small for its file system is refused before anything is fetched', async (t) => {
	const cacheDir = await folder(t);
	await t.throwsAsync(makeDisk({ size: '100M', fs: 'xfs' }, { cacheDir }), { instanceOf: UserError, message: /too small for xfs/ });
});
