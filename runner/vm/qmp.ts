/** QEMU's machine protocol: commands with their answers, and events. */

import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { deferred, withDeadline } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { lineSplitter } from './lines.ts';

export interface QmpEvent {
	readonly event: string;
	readonly data: Readonly<Record<string, unknown>>;
}

/** QEMU refused a command. */
export class QmpError extends InfraError {
	/** QEMU's class of it: GenericError, CommandNotFound, DeviceNotFound, ... */
	readonly class: string;

	constructor(command: string, error: { class: string; desc: string }) {
		super(`QEMU refused ${command}: ${error.desc}`);
		this.class = error.class;
	}
}

interface Message {
	readonly QMP?: unknown;
	readonly event?: string;
	readonly data?: Record<string, unknown>;
	readonly id?: number;
	readonly return?: unknown;
	readonly error?: { class: string; desc: string };
}

/** The deadline of one command: QEMU answers most at once, but its main loop may wait for a loaded disk. */
const answerMs = 20_000;

export class Qmp extends EventEmitter<{ event: [event: QmpEvent]; closed: [] }> implements Disposable {
	readonly #stream: Duplex;
	readonly #waiting = new Map<number, (message: Message | undefined) => void>();
	readonly #greeting = deferred<void>();
	#nextId = 1;
	#isClosed = false;

	private constructor(stream: Duplex) {
		super();
		this.#stream = stream;
		// Not readline: its Interface emits a socket's ECONNRESET once more, where nobody listens.
		stream.on(
			'data',
			lineSplitter((line) => this.#onLine(line), { maxLength: 64 * 1024 * 1024 }),
		);
		stream.on('error', () => this.#close());
		stream.on('close', () => this.#close());
	}

	/** Waits for QEMU's greeting and negotiates. */
	static async connect(stream: Duplex, signal?: AbortSignal): Promise<Qmp> {
		const qmp = new Qmp(stream);
		await withDeadline(qmp.#greeting.promise, answerMs, "QEMU's greeting", signal);
		await qmp.execute('qmp_capabilities', {}, { signal });
		return qmp;
	}

	/** Throws a QmpError when QEMU refuses, a DeadlineError when it is silent, an InfraError when it is gone. */
	async execute(
		command: string,
		args: Readonly<Record<string, unknown>> = {},
		options: { readonly ms?: number; readonly signal?: AbortSignal | undefined } = {},
	): Promise<unknown> {
		if (this.#isClosed) throw gone(`the answer to ${command}`);
		const id = this.#nextId++;
		const reply = deferred<Message | undefined>();
		this.#waiting.set(id, reply.resolve);
		this.#stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
		try {
			const message = await withDeadline(reply.promise, options.ms ?? answerMs, `QEMU's answer to ${command}`, options.signal);
			if (!message) throw gone(`the answer to ${command}`);
			if (message.error) throw new QmpError(command, message.error);
			return message.return;
		} finally {
			this.#waiting.delete(id);
		}
	}

	/** A command of the human monitor; returns what it prints. */
	async monitor(line: string, ms?: number): Promise<string> {
		return String(await this.execute('human-monitor-command', { 'command-line': line }, { ...(ms !== undefined && { ms }) }));
	}

	/** The next event that `matches`; a DeadlineError that names `what` after `ms`. */
	async waitForEvent(matches: (event: QmpEvent) => boolean, ms: number, what: string, signal?: AbortSignal): Promise<QmpEvent> {
		const seen = deferred<QmpEvent>();
		const onEvent = (event: QmpEvent) => {
			if (matches(event)) seen.resolve(event);
		};
		const onClosed = () => seen.reject(gone(what));
		this.on('event', onEvent).once('closed', onClosed);
		try {
			return await withDeadline(seen.promise, ms, what, signal);
		} finally {
			this.off('event', onEvent).off('closed', onClosed);
		}
	}

	[Symbol.dispose](): void {
		this.#stream.destroy();
		this.#close();
	}

	#onLine(line: string): void {
		const message = JSON.parse(line) as Message;
		if (message.QMP) this.#greeting.resolve();
		else if (message.event !== undefined) this.emit('event', { event: message.event, data: message.data ?? {} });
		else if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
	}

	#close(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#greeting.reject(gone('its greeting'));
		for (const resolve of this.#waiting.values()) resolve(undefined);
		this.emit('closed');
	}
}

function gone(what: string): InfraError {
	return new InfraError(`QEMU ended while we waited for ${what}`);
}
