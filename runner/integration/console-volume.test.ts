/** A gigabyte of console costs what a megabyte costs, but time. */

import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { checkout } from '../config/paths.ts';

const line = `[    1.000000][    T1] ${'flood '.repeat(12)}\n`;
const oneGigabyte = 1_000_000_000;

test('1 GB of console goes through scanner and file in bounded memory, and a report in its midst is found', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-volume-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	const splats = join(checkout.top, 'runner/parse/testdata/splats');
	const fixture = await readFile(join(splats, 'kasan-slab-use-after-free.txt'), 'utf8');
	const kasan = fixture.slice(fixture.indexOf('\n\n') + 2);
	const server = createServer().listen(join(dir, 'console'));
	t.teardown(() => server.close());
	await once(server, 'listening');
	const connected = once(server, 'connection') as Promise<[Socket]>;
	const reader = execa(process.execPath, [
		join(checkout.top, 'dist/runner/integration/console-reader.js'),
		join(dir, 'console'),
		join(dir, 'log'),
	]);
	const [socket] = await connected;
	const block = Buffer.from(line.repeat(10_000));
	const blocks = Math.ceil(oneGigabyte / block.length);
	let sent = 0;
	const send = async (data: Buffer) => {
		sent += data.length;
		if (!socket.write(data)) await once(socket, 'drain');
	};
	await send(Buffer.from('the first line\n'));
	for (let n = 0; n < blocks; n++) {
		if (n === Math.floor(blocks / 2)) await send(Buffer.from(kasan));
		await send(block);
	}
	await send(Buffer.from('the last line\n'));
	socket.end();
	const said = JSON.parse((await reader).stdout) as Readonly<Record<'bytes' | 'durationMs' | 'cpuMs' | 'peakMiB', number>> & {
		readonly titles: readonly string[];
		readonly last: string;
	};
	t.log(
		`${(said.bytes / 1e6).toFixed(0)} MB in ${(said.durationMs / 1000).toFixed(1)} s (${(said.cpuMs / 1000).toFixed(1)} s of CPU), peak ${said.peakMiB} MiB`,
	);
	t.is(said.bytes, sent);
	t.deepEqual(said.titles, ['KASAN: slab-use-after-free Read in fscache_withdraw_volume']);
	t.is(said.last, 'the last line');
	t.true(said.peakMiB < 200, `took ${said.peakMiB} MiB`);
	t.true((await stat(join(dir, 'log'))).size < 70_000_000);
});
