import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { encodePacket, type GdbMessage, packetReader } from './gdb-packet.ts';
import { parseRegisters64 } from './gdb-registers.ts';
import { GdbStub, parseStop } from './gdb-stub.ts';
import { makePrivateDir } from './private-dir.ts';
import { connectSocket } from './socket.ts';

function readAll(bytes: Buffer, pieceBytes = bytes.length): GdbMessage[] {
	const messages: GdbMessage[] = [];
	const read = packetReader((message) => messages.push(message));
	for (let at = 0; at < bytes.length; at += pieceBytes) read(bytes.subarray(at, at + pieceBytes));
	return messages;
}

test('a packet is framed with its checksum', (t) => {
	t.is(encodePacket('vCont;c').toString('latin1'), '$vCont;c#a8');
	t.is(encodePacket('').toString('latin1'), '$#00');
});

test('characters that frame packets are escaped, and come back', (t) => {
	const payload = 'a#b$c}d*e';
	t.is(encodePacket(payload).toString('latin1').slice(0, -3), '$a}\u0003b}\u0004c}]d}\ne');
	t.deepEqual(readAll(encodePacket(payload)), [{ kind: 'packet', payload }]);
});

// What QEMU 7.2 sent when a breakpoint was reached while an answer was under way.
const stream = Buffer.from('+$OK#9a+$T05thread:02;#08-$m01,02#5c', 'latin1');
const read: GdbMessage[] = [
	{ kind: 'ack' },
	{ kind: 'packet', payload: 'OK' },
	{ kind: 'ack' },
	{ kind: 'packet', payload: 'T05thread:02;' },
	{ kind: 'again' },
	{ kind: 'packet', payload: 'm01,02' },
];

test('a stream gives the same messages wherever it is cut', (t) => {
	for (let pieceBytes = 1; pieceBytes <= stream.length; pieceBytes++)
		t.deepEqual(readAll(stream, pieceBytes), read, `pieces of ${pieceBytes}`);
});

test('bytes between packets are dropped, and a wrong checksum is told', (t) => {
	t.deepEqual(readAll(Buffer.from('\u0003x$OK#9b$OK#9a', 'latin1')), [
		{ kind: 'broken', payload: 'OK' },
		{ kind: 'packet', payload: 'OK' },
	]);
});

test('runs are expanded', (t) => {
	// "0* " is four zeroes (gdb's manual, Overview of the protocol).
	const body = 'a0* b';
	const sum = [...body].reduce((total, character) => (total + character.charCodeAt(0)) & 0xff, 0).toString(16);
	t.deepEqual(readAll(Buffer.from(`$${body}#${sum}`)), [{ kind: 'packet', payload: 'a0000b' }]);
});

test('stop replies name the signal and the vCPU', (t) => {
	t.deepEqual(parseStop('T05thread:03;'), { signal: 5, thread: 3 });
	t.deepEqual(parseStop('T02thread:p01.0a;'), { signal: 2, thread: 10 });
	t.is(parseStop('OK'), undefined);
	t.is(parseStop('E22'), undefined);
});

test('registers are read in the order of QEMU', (t) => {
	const bytes = Buffer.alloc(17 * 8);
	for (let index = 0; index < 17; index++) bytes.writeBigUInt64LE(BigInt(index) + 0xffff_0000n, index * 8);
	t.deepEqual(parseRegisters64(bytes.toString('hex')), {
		rip: 0xffff_0010n,
		rsp: 0xffff_0007n,
		// rdi rsi rdx rcx r8 r9
		args: [0xffff_0005n, 0xffff_0004n, 0xffff_0003n, 0xffff_0002n, 0xffff_0008n, 0xffff_0009n],
	});
	t.is(parseRegisters64('E14'), undefined);
});

/** A peer that answers by a table, as the stub's other end. */
async function withPeer(answers: Readonly<Record<string, string>>, body: (stub: GdbStub, peer: Socket, asked: string[]) => Promise<void>) {
	await using dir = await makePrivateDir();
	const server = createServer();
	const asked: string[] = [];
	try {
		server.listen(join(dir.path, 'gdb'));
		const connecting = once(server, 'connection') as Promise<[Socket]>;
		const socket = await connectSocket(join(dir.path, 'gdb'), { ms: 5_000 });
		const [peer] = await connecting;
		peer.on(
			'data',
			packetReader((message) => {
				if (message.kind !== 'packet') return;
				asked.push(message.payload);
				const answer = answers[message.payload];
				if (answer !== undefined) peer.write(encodePacket(answer));
			}),
		);
		await body(await GdbStub.connect(socket), peer, asked);
		socket.destroy();
		peer.destroy();
	} finally {
		server.close();
	}
}

const usual = { 'qSupported:vContSupported+;hwbreak+': 'PacketSize=1000', qfThreadInfo: 'm01,02', qsThreadInfo: 'l' };

test('a refused breakpoint is an error with what was asked', (t) =>
	withPeer({ ...usual, 'Z1,ffffffff81000000,1': 'E22' }, async (stub) => {
		t.deepEqual(stub.threads, [1, 2]);
		await t.throwsAsync(stub.insertBreakpoint(0xffff_ffff_8100_0000n), {
			message: "QEMU's gdb stub refuses Z1,ffffffff81000000,1: E22",
		});
	}));

test('memory is written as hex, and a refusal is an error', (t) =>
	withPeer({ ...usual, Hg1: 'OK', 'M1000,2:0aff': 'OK', 'M2000,1:00': 'E14' }, async (stub) => {
		await stub.writeMemory(1, 0x1000n, Buffer.from([0x0a, 0xff]));
		await t.throwsAsync(stub.writeMemory(1, 0x2000n, Buffer.alloc(1)), { message: "QEMU's gdb stub refuses M2000,1:00: E14" });
	}));

test('nothing is asked of a machine that runs, and its end ends the wait', (t) =>
	withPeer(usual, async (stub, peer, asked) => {
		stub.resume([2]);
		t.true(stub.isRunning);
		await t.throwsAsync(stub.registers(1), { message: 'Hg1 was asked of a machine that runs' });
		const stopped = t.throwsAsync(stub.stopped, { message: "QEMU's gdb stub is gone: it was to stop" });
		peer.end();
		await stopped;
		t.is(asked.at(-1), 'vCont;c:2');
	}));
