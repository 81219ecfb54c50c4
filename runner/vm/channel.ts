/** A byte stream out of a machine: listeners see every byte, a file on disk keeps it, memory holds one chunk. */

import type { Readable } from 'node:stream';
import { deferred, withDeadline } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { type Cap, CappedFile } from './capped-file.ts';

export class Channel {
	/** Resolves when the stream ended and everything that came is in its file. Never rejects: a lost machine is told elsewhere. */
	readonly ended: Promise<void>;
	/** Everything that came, ever. */
	bytes = 0;
	readonly #listeners = new Set<(chunk: Buffer) => void>();
	readonly #cap: Cap;
	#file: CappedFile | undefined;
	#writes: Promise<void> = Promise.resolve();
	#failure: { readonly error: unknown } | undefined;
	#moved = deferred<void>();
	#isEnded = false;

	constructor(stream: Readable, cap: Cap = {}) {
		this.#cap = cap;
		this.ended = this.#follow(stream);
	}

	/** Calls `listener` with each chunk from now on, until the returned function is called. */
	tap(listener: (chunk: Buffer) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** From here on bytes go to a new file at `path` (nowhere without one). Resolves when the former file is complete; throws what its writing threw. */
	async to(path: string | undefined): Promise<void> {
		await this.#enqueue(async () => {
			const former = this.#file;
			this.#file = undefined;
			await former?.[Symbol.asyncDispose]();
			if (path !== undefined) this.#file = await CappedFile.create(path, this.#cap);
		});
		const failure = this.#failure;
		this.#failure = undefined;
		if (failure) throw failure.error;
	}

	/** Waits until `total` bytes came in all. */
	async waitForBytes(total: number, ms: number, what: string): Promise<void> {
		await this.waitUntil(() => this.bytes >= total, ms, what);
	}

	/** Waits until `isSo`, asked after each chunk; a DeadlineError that names `what` after `ms`, an InfraError when the stream ends first. */
	async waitUntil(isSo: () => boolean, ms: number, what: string, signal?: AbortSignal): Promise<void> {
		const end = performance.now() + ms;
		while (!isSo()) {
			if (this.#isEnded) throw new InfraError(`the machine ended before there was ${what}`);
			await withDeadline(this.#moved.promise, Math.max(0, end - performance.now()), what, signal);
		}
	}

	async #follow(stream: Readable): Promise<void> {
		try {
			for await (const chunk of stream as AsyncIterable<Buffer>) {
				this.bytes += chunk.length;
				for (const listener of this.#listeners) listener(chunk);
				this.#wake();
				// Waiting for the disk here holds back the stream, and so QEMU and the guest.
				await this.#enqueue(async () => this.#file?.write(chunk));
			}
		} catch {
			// The socket broke: the same as its end.
		}
		await this.#enqueue(async () => this.#file?.[Symbol.asyncDispose]());
		this.#file = undefined;
		this.#isEnded = true;
		this.#wake();
	}

	#wake(): void {
		this.#moved.resolve();
		this.#moved = deferred();
	}

	/** One after the other; a failed write (disk full) is kept for `to`, and the bytes are let go. */
	#enqueue(work: () => Promise<void> | undefined): Promise<void> {
		this.#writes = this.#writes.then(work).catch((error: unknown) => {
			this.#failure ??= { error };
		});
		return this.#writes;
	}
}
