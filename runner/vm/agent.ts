/** The host's end of the guest agent: runs programs in the guest and moves files, many at a time over one stream. */

import { EventEmitter } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import { deferred, withDeadline } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { Capture } from './capture.ts';
import { answer, encodeExec, encodeFrame, execFlags, type Frame, FrameDecoder, request, windowBytes } from './frames.ts';
import { Inbox } from './inbox.ts';
import { Killer, signals } from './killer.ts';
import { limit } from './limit.ts';
import { Window } from './window.ts';

export interface GuestExec {
	readonly argv: readonly string[];
	/** The whole environment: nothing is inherited. */
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
	/** SIGTERM to the process group then, SIGKILL `killAfterMs` later, given up as stuck `stuckAfterMs` after that. */
	readonly timeoutMs?: number;
	readonly killAfterMs?: number;
	readonly stuckAfterMs?: number;
	readonly signal?: AbortSignal | undefined;
	/** `results`: the results port carries stdout and the result has none. */
	readonly stdoutTo?: 'results';
	readonly mergeStderr?: boolean;
	readonly onStdout?: (chunk: Buffer) => void;
	readonly onStderr?: (chunk: Buffer) => void;
	/** Of each stream, kept for the result; the rest is dropped and `truncated` is set. Default 16 MiB. */
	readonly maxOutputBytes?: number;
}

export interface GuestResult {
	/** -1 when a signal ended it. */
	readonly exitCode: number;
	/** Number of the signal that ended it. */
	readonly signal?: number;
	readonly stdout: string;
	readonly stderr: string;
	readonly timedOut: boolean;
	/** Not even SIGKILL ended it: it hangs inside the kernel, or the whole kernel does. It is still there. */
	readonly isStuck: boolean;
	readonly truncated: boolean;
	/** Bytes of stdout that went to the results port. */
	readonly resultsBytes: number;
}

/** Bytes, or a file of the host. */
export type Content = string | Uint8Array | { readonly file: string };

/** The agent refused a request: the program or path is not there, a disk is full. `errno` is Linux's number. */
export class GuestError extends Error {
	override readonly name = 'GuestError';
	readonly errno: number;

	constructor(what: string, errno: number, text: string) {
		super(`${what}: ${text}`);
		this.errno = errno;
	}
}

/** A client over `stream` (the agent's port). Emits `hello` when the agent is there and has ended what an earlier host left, and `closed` (InfraError) once. */
export class Agent extends EventEmitter<{ hello: [version: number]; closed: [error: InfraError] }> implements Disposable {
	readonly #stream: Duplex;
	readonly #requests = new Map<number, { onFrame: (frame: Frame) => void; onClosed: (error: Error) => void }>();
	/** The agent has 64 children at most; programs shall find room beside files. */
	readonly #copying = limit(16);
	#nextId = 1;
	#closed: InfraError | undefined;
	#drained: ReturnType<typeof deferred<void>> | undefined;

	/** `renewal` (of encodeRenewal) gives the guest a new clock and seed before anything runs in it. */
	constructor(stream: Duplex, renewal?: Uint8Array) {
		super();
		this.#stream = stream;
		const decoder = new FrameDecoder();
		stream.on('data', (chunk: Buffer) => {
			for (const frame of decoder.push(chunk)) this.#dispatch(frame);
		});
		stream.on('drain', () => this.#setDrained());
		stream.on('error', (error) => this.close(`its port failed: ${error.message}`));
		stream.on('close', () => this.close('its port was closed'));
		// It waits in the socket until the agent opens its end.
		void this.#send(request.start, 0, renewal);
	}

	/** Ends every request under way with an InfraError that gives `reason`. */
	close(reason: string): void {
		if (this.#closed) return;
		this.#closed = new InfraError(`the guest agent is lost: ${reason}`);
		for (const { onClosed } of this.#requests.values()) onClosed(this.#closed);
		this.#requests.clear();
		this.#setDrained();
		this.#stream.destroy();
		this.emit('closed', this.#closed);
	}

	[Symbol.dispose](): void {
		this.close('the machine was closed');
	}

	/** Nanoseconds since the guest's boot, or a DeadlineError: the kernel hangs. */
	async ping(ms: number, signal?: AbortSignal): Promise<bigint> {
		return this.#ask(request.ping, Buffer.alloc(0), 'ping', async (frames) => {
			const frame = await withDeadline(frames.next(), ms, 'an answer of the guest agent', signal);
			return frame.payload.readBigUInt64LE(0);
		});
	}

	/** Before the machine is saved: the agent makes ready what lets the first program of a clone start sooner. */
	async getReady(ms: number, signal?: AbortSignal): Promise<void> {
		await this.#ask(request.getReady, Buffer.alloc(0), 'getting ready', (frames) =>
			withDeadline(frames.next(), ms, 'the guest agent to be ready for clones', signal),
		);
	}

	/** Runs a program to its end; a non-zero exit is a result. Throws a GuestError when it cannot be started, an InfraError when the agent is lost. */
	async exec(options: GuestExec): Promise<GuestResult> {
		const { argv, env = {}, cwd = '/', maxOutputBytes = 16 * 1024 * 1024 } = options;
		options.signal?.throwIfAborted();
		const flags =
			(options.stdoutTo === 'results' ? execFlags.toResults : 0) |
			(options.stdin === undefined ? 0 : execFlags.hasStdin) |
			(options.mergeStderr ? execFlags.mergeStderr : 0);
		const stdout = new Capture(maxOutputBytes, options.onStdout);
		const stderr = new Capture(maxOutputBytes, options.onStderr);
		const what = argv.join(' ');
		return this.#ask(request.exec, encodeExec(flags, cwd, argv, env), what, async (frames, id) => {
			const killer = new Killer({ ...options, kill: (number) => this.#signal(id, number) });
			const window = new Window(windowBytes);
			if (options.stdin !== undefined) this.#feed(request.stdin, id, options.stdin, window).catch(killer.fail);
			try {
				for (;;) {
					const frame = await Promise.race([frames.next(), killer.stuck]);
					if (frame?.type === answer.stdout) stdout.add(frame.payload);
					else if (frame?.type === answer.stderr) stderr.add(frame.payload);
					else if (frame?.type === answer.taken) window.give(frame.payload.readUInt32LE(0));
					else if (frame === undefined || frame.type === answer.exit) {
						killer.throwIfFailed();
						const number = frame?.payload.readInt32LE(4) ?? 0;
						return {
							exitCode: frame?.payload.readInt32LE(0) ?? -1,
							...(number !== 0 && { signal: number }),
							stdout: stdout.text(),
							stderr: stderr.text(),
							timedOut: killer.timedOut,
							isStuck: frame === undefined,
							truncated: stdout.truncated || stderr.truncated,
							resultsBytes: Number(frame?.payload.readBigUInt64LE(8) ?? 0),
						};
					}
				}
			} finally {
				killer.stop();
				window.close();
			}
		});
	}

	/** Writes a file whole (aside, then renamed), with its parent folders. Throws a GuestError when the guest cannot. */
	async push(path: string, content: Content, mode = 0o644, signal?: AbortSignal): Promise<void> {
		await this.#copying(() => this.#push(path, content, mode, signal));
	}

	/** Reads a file whole. Throws a GuestError when it is not there, a RangeError past `maxBytes` (default 256 MiB). */
	async pull(path: string, options: { readonly maxBytes?: number; readonly signal?: AbortSignal | undefined } = {}): Promise<Buffer> {
		return this.#copying(() => this.#pull(path, options.maxBytes ?? 256 * 1024 * 1024, options.signal));
	}

	async #push(path: string, content: Content, mode: number, signal: AbortSignal | undefined): Promise<void> {
		const head = Buffer.alloc(4);
		head.writeUInt32LE(mode);
		const send = async (frames: Inbox, id: number) => {
			const source =
				typeof content === 'object' && 'file' in content ? createReadStream(content.file, { highWaterMark: windowBytes / 2 }) : content;
			const window = new Window(windowBytes);
			let failure: unknown;
			this.#feed(request.pushData, id, source, window).catch((error: unknown) => {
				failure = error;
				this.#signal(id, signals.SIGTERM);
			});
			try {
				for (;;) {
					const frame = await frames.next();
					if (frame.type === answer.taken) window.give(frame.payload.readUInt32LE(0));
					else if (frame.type === answer.ok) return;
				}
			} catch (error) {
				throw failure ?? error;
			} finally {
				window.close();
			}
		};
		await this.#ask(request.pushOpen, Buffer.concat([head, Buffer.from(`${path}\0`)]), `push ${path}`, send, signal);
	}

	async #pull(path: string, maxBytes: number, signal: AbortSignal | undefined): Promise<Buffer> {
		const receive = async (frames: Inbox, id: number) => {
			const chunks: Buffer[] = [];
			let length = 0;
			for (;;) {
				const frame = await frames.next();
				if (frame.type !== answer.data) continue;
				if (frame.payload.length === 0) return Buffer.concat(chunks);
				length += frame.payload.length;
				if (length > maxBytes) {
					this.#signal(id, signals.SIGKILL);
					throw new RangeError(`${path} in the guest is larger than ${maxBytes} bytes`);
				}
				chunks.push(frame.payload);
			}
		};
		return this.#ask(request.pull, Buffer.from(`${path}\0`), `pull ${path}`, receive, signal);
	}

	#signal(id: number, number: number): void {
		const payload = Buffer.alloc(4);
		payload.writeInt32LE(number);
		void this.#send(request.signal, id, payload);
	}

	/** Sends data within the agent's window, then the empty frame that ends it. */
	async #feed(type: number, id: number, source: string | Uint8Array | AsyncIterable<Uint8Array>, window: Window): Promise<void> {
		for await (const part of typeof source === 'string' || source instanceof Uint8Array ? [Buffer.from(source)] : source) {
			for (let at = 0; at < part.length; ) {
				const length = await window.take(part.length - at);
				if (length === 0) return;
				await this.#send(type, id, part.subarray(at, at + length));
				at += length;
			}
		}
		await this.#send(type, id);
	}

	/** Resolves when the stream takes more. */
	async #send(type: number, id: number, payload?: Uint8Array): Promise<void> {
		if (this.#closed || this.#stream.writableEnded) return;
		if (!this.#stream.write(encodeFrame(type, id, payload))) {
			this.#drained ??= deferred();
			await this.#drained.promise;
		}
	}

	/** Sends a request and lets `converse` read its answers. When `signal` aborts, the child in the guest is told to end and the wait ends at once. */
	async #ask<T>(
		type: number,
		payload: Uint8Array,
		what: string,
		converse: (frames: Inbox, id: number) => Promise<T>,
		signal?: AbortSignal,
	): Promise<T> {
		signal?.throwIfAborted();
		if (this.#closed) throw this.#closed;
		if (payload.length > windowBytes) throw new GuestError(what.slice(0, 80), 7, 'the argument list is too long');
		const id = this.#nextId;
		this.#nextId = id === 0xffff_ffff ? 1 : id + 1;
		const inbox = new Inbox();
		this.#requests.set(id, {
			onFrame: (frame) => {
				if (frame.type === answer.error) inbox.fail(new GuestError(what, frame.payload.readInt32LE(0), frame.payload.toString('utf8', 4)));
				else inbox.add(frame);
			},
			onClosed: inbox.fail,
		});
		const onAbort = () => {
			this.#signal(id, signals.SIGTERM);
			inbox.fail(signal?.reason);
		};
		signal?.addEventListener('abort', onAbort, { once: true });
		try {
			// Not waited for: the answer is, and it cannot come before the request left.
			void this.#send(type, id, payload);
			return await converse(inbox, id);
		} finally {
			signal?.removeEventListener('abort', onAbort);
			this.#requests.delete(id);
		}
	}

	#setDrained(): void {
		this.#drained?.resolve();
		this.#drained = undefined;
	}

	#dispatch(frame: Frame): void {
		if (frame.type === answer.hello) this.emit('hello', frame.payload.readUInt32LE(0));
		else this.#requests.get(frame.id)?.onFrame(frame);
	}
}
