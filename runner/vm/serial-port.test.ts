import { createReadStream } from 'node:fs';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { deferred } from '../util/deadline.ts';
import { answer, encodeFrame } from './frames.ts';
import { makeSerialPort } from './serial-port.ts';

test('a piece of 16 bytes goes in when the guest has said that it has seen all before it', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-serial-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const { path, connect } = await makeSerialPort(join(dir, 'agent'), join(dir, 'agent.log'));
	const over = deferred<void>();
	const port = connect(over.promise);
	const qemu = createReadStream(`${path}.in`);
	let taken = '';
	qemu.on('data', (chunk) => {
		taken += chunk;
	});
	const said: Buffer[] = [];
	port.on('data', (chunk: Buffer) => said.push(chunk));
	const see = async (bytes: number) => {
		const payload = Buffer.alloc(4);
		payload.writeUInt32LE(bytes);
		await appendFile(`${path}.out`, encodeFrame(answer.seen, 0, payload));
	};
	const takes = async (length: number) => {
		while (taken.length < length) await new Promise((done) => qemu.once('data', done));
	};
	const text = 'abcdefghijklmnopqrstuvwxyz0123456789';

	port.write(text);
	await new Promise(setImmediate);
	t.is(taken, '');
	await see(0);
	await takes(16);
	t.is(taken, text.slice(0, 16));
	// Half of it: the rest may still be in the UART.
	await see(8);
	await see(16);
	await takes(32);
	t.is(taken, text.slice(0, 32));
	port.write('!');
	await see(32);
	await takes(36);
	t.is(taken, text);
	await see(36);
	await takes(37);
	t.is(taken, `${text}!`);
	t.is(Buffer.concat(said).length, 5 * 16);

	port.destroy();
	over.resolve();
	qemu.destroy();
});
