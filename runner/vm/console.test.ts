import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import anyTest, { type TestFn } from 'ava';
import { Channel } from './channel.ts';
import { Console } from './console.ts';
import { lineSplitter } from './lines.ts';

const test = anyTest as TestFn<{ dir: string }>;

test.beforeEach(async (t) => {
	t.context.dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
});

test.afterEach.always((t) => rm(t.context.dir, { recursive: true, force: true }));

test('lines are found wherever the chunks end, with LF or CRLF', (t) => {
	const text = Buffer.from('one\r\ntwo\n\nvier ü\r\nrest');
	for (let size = 1; size <= text.length; size++) {
		const lines: string[] = [];
		const feed = lineSplitter((line) => lines.push(line));
		for (let at = 0; at < text.length; at += size) feed(text.subarray(at, at + size));
		t.deepEqual(lines, ['one', 'two', '', 'vier ü']);
	}
});

test('a channel writes to one file after the other and tells each byte to its listeners', async (t) => {
	const { dir } = t.context;
	const stream = new PassThrough();
	const channel = new Channel(stream);
	let heard = '';
	const untap = channel.tap((chunk) => {
		heard += chunk;
	});
	await channel.to(join(dir, 'a'));
	stream.write('first');
	await channel.waitForBytes(5, 5_000, 'five bytes');
	await channel.to(join(dir, 'b'));
	untap();
	stream.end('second');
	await channel.ended;
	t.is(await readFile(join(dir, 'a'), 'utf8'), 'first');
	t.is(await readFile(join(dir, 'b'), 'utf8'), 'second');
	t.is(heard, 'first');
});

test('a wait for bytes names what was missing, when its time is over and when the stream ends', async (t) => {
	const stream = new PassThrough();
	const channel = new Channel(stream);
	await t.throwsAsync(channel.waitForBytes(1, 10, 'the first byte'), { message: 'waited 0.0 s for the first byte' });
	const waiting = channel.waitForBytes(1, 5_000, 'the first byte');
	stream.end();
	await t.throwsAsync(waiting, { message: 'the machine ended before there was the first byte' });
});

test('a disk that is full is told when the file is changed, and the stream goes on', async (t) => {
	const stream = new PassThrough();
	const channel = new Channel(stream);
	await channel.to('/dev/full');
	stream.write('x');
	await channel.waitForBytes(1, 5_000, 'a byte');
	await t.throwsAsync(channel.to(undefined), { code: 'ENOSPC' });
	stream.end('y');
	await channel.ended;
	t.is(channel.bytes, 2);
});

test('a console keeps its last lines, each cut, and sees a panic', async (t) => {
	const stream = new PassThrough();
	const console = new Console(stream);
	const seen = console.waitForText('line 299', 5_000);
	for (let n = 0; n < 300; n++) stream.write(`[    1.000000][    T1] line ${n}\r\n`);
	await seen;
	t.is(console.tail().length, 200);
	t.is(console.tail().at(-1), '[    1.000000][    T1] line 299');
	t.is(console.panic, undefined);
	stream.write(`${'x'.repeat(10_000)}\n/init: [    8.810693][    T1] Kernel panic - not syncing: Attempted to kill init!\n`);
	stream.end();
	await console.ended;
	t.is(console.panic, 'Attempted to kill init!');
	t.is(console.tail(2)[0]?.length, 500);
});

test('a flood of 100 MB goes through a socket in constant memory, and the file keeps its beginning and end', async (t) => {
	const { dir } = t.context;
	const server = createServer().listen(join(dir, 'socket'));
	await once(server, 'listening');
	const accepted = once(server, 'connection');
	const guest = connect(join(dir, 'socket'));
	const [socket] = (await accepted) as [Socket];
	server.close();
	const console = new Console(socket, { headBytes: 300_000, tailBytes: 200_000 });
	await console.to(join(dir, 'console.log'));
	let heard = 0;
	console.tap((chunk) => {
		heard += chunk.length;
	});
	const line = Buffer.from(`[    1.000000][    T1] ${'flood '.repeat(170)}\n`);
	const block = Buffer.concat(Array.from({ length: 1_000 }, () => line));
	const blocks = Math.ceil(100_000_000 / block.length);
	const before = process.memoryUsage().rss;
	let most = 0;
	guest.write('the first line\n');
	for (let n = 0; n < blocks; n++) {
		if (!guest.write(block)) await once(guest, 'drain');
		most = Math.max(most, process.memoryUsage().rss);
	}
	guest.end('the last line\n');
	await console.ended;
	const total = 15 + blocks * block.length + 14;
	t.is(heard, total);
	t.true(most - before < 100_000_000, `grew by ${most - before} bytes`);
	t.is(console.tail(1)[0], 'the last line');
	const text = await readFile(join(dir, 'console.log'), 'utf8');
	t.true(text.startsWith('the first line\n'));
	t.true(text.endsWith('the last line\n'));
	const [marker = '', left] = /\n\[crucible: (\d+) bytes left out here\]\n/.exec(text) ?? [];
	t.is(text.length - marker.length + Number(left), total);
	t.true((await stat(join(dir, 'console.log'))).size < 800_000);
	t.deepEqual((await readdir(dir)).sort(), ['console.log']);
});
