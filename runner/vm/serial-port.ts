/**
 * The host's end of the agent's port in a recorded machine: a fifo that QEMU reads, and a file that it writes. Behind them is a UART, which
 * takes 16 bytes and loses what comes before the guest has seen them, or before it has opened its end; so the guest says what it has seen.
 */

import { constants, openSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { exec } from '../util/exec.ts';
import { followFile } from './followed-file.ts';
import { answer, FrameDecoder } from './frames.ts';

const uartBytes = 16;

export interface SerialPort {
	/** Where its two ends are, without their endings. */
	readonly path: string;
	/** Until `over`, which is the end of QEMU. */
	readonly connect: (over: Promise<unknown>) => Duplex;
}

/** Before QEMU starts. `output` is the file that gets what the guest writes. */
export async function makeSerialPort(path: string, output: string): Promise<SerialPort> {
	await exec('mkfifo', [`${path}.in`], { detached: true });
	await writeFile(output, '');
	await symlink(output, `${path}.out`);
	return { path, connect: (over) => connect(`${path}.in`, output, over) };
}

function connect(input: string, output: string, over: Promise<unknown>): Duplex {
	// Both ways, so that the opening waits for nobody. The socket closes it.
	const fifo = new Socket({ fd: openSync(input, constants.O_RDWR | constants.O_NONBLOCK), readable: false });
	const said = followFile(output, over);
	const decoder = new FrameDecoder();
	let sent = 0;
	let isClear = false;
	let waiting: { rest: Buffer; done: (error?: Error | null) => void } | undefined;
	const sendNext = () => {
		if (!waiting || !isClear) return;
		const { rest, done } = waiting;
		const piece = rest.subarray(0, uartBytes);
		isClear = piece.length === 0;
		waiting = rest.length > piece.length ? { rest: rest.subarray(piece.length), done } : undefined;
		sent = (sent + piece.length) >>> 0;
		fifo.write(piece);
		if (!waiting) done();
	};
	const port = new Duplex({
		read: () => void said.resume(),
		write(chunk: Buffer, _encoding, done) {
			waiting = { rest: chunk, done };
			sendNext();
		},
		destroy(error, done) {
			said.destroy();
			fifo.destroy();
			done(error);
		},
	});
	said.on('data', (chunk: Buffer) => {
		for (const { type, payload } of decoder.push(chunk)) if (type === answer.seen) isClear = payload.readUInt32LE(0) === sent;
		if (!port.push(chunk)) said.pause();
		sendNext();
	});
	said.on('end', () => port.push(null));
	return port;
}
