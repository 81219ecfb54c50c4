/** A file that holds the beginning and the end of a stream, however long: a flood does not fill the disk. */

import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';

export interface Cap {
	/** Bytes kept from the beginning; the default is 32 MiB. */
	readonly headBytes?: number;
	/** At least so many bytes are kept from the end, and at most twice as many; the default is 16 MiB. */
	readonly tailBytes?: number;
}

export class CappedFile implements AsyncDisposable {
	readonly path: string;
	readonly #headBytes: number;
	readonly #tailBytes: number;
	readonly #head: FileHandle;
	#length = 0;
	/** The last two pieces of what came after the head, in files beside it; the older one is thrown away when the newer is full. */
	#older: Piece | undefined;
	#newer: Piece | undefined;
	#pieces = 0;

	private constructor(path: string, head: FileHandle, cap: Cap) {
		this.path = path;
		this.#head = head;
		this.#headBytes = cap.headBytes ?? 32 * 1024 * 1024;
		this.#tailBytes = cap.tailBytes ?? 16 * 1024 * 1024;
	}

	static async create(path: string, cap: Cap = {}): Promise<CappedFile> {
		return new CappedFile(path, await open(path, 'w'), cap);
	}

	async write(chunk: Buffer): Promise<void> {
		const toHead = chunk.subarray(0, Math.max(0, this.#headBytes - this.#length));
		this.#length += chunk.length;
		if (toHead.length > 0) await this.#head.writeFile(toHead);
		for (let rest = chunk.subarray(toHead.length); rest.length > 0; ) {
			const piece = await this.#pieceWithRoom();
			const part = rest.subarray(0, this.#tailBytes - piece.length);
			await piece.handle.writeFile(part);
			piece.length += part.length;
			rest = rest.subarray(part.length);
		}
	}

	/** Appends the end to the beginning, with a line between them that tells how much is missing. */
	async [Symbol.asyncDispose](): Promise<void> {
		try {
			const pieces = [this.#older, this.#newer].filter((piece) => piece !== undefined);
			const left = this.#length - this.#headBytes - pieces.reduce((sum, { length }) => sum + length, 0);
			if (left > 0) await this.#head.writeFile(`\n[crucible: ${left} bytes left out here]\n`);
			for (const piece of pieces) {
				await piece.handle.close();
				for await (const chunk of createReadStream(piece.path)) await this.#head.writeFile(chunk as Buffer);
				await rm(piece.path);
			}
		} finally {
			await this.#head.close();
		}
	}

	async #pieceWithRoom(): Promise<Piece> {
		if (this.#newer && this.#newer.length < this.#tailBytes) return this.#newer;
		const dropped = this.#older;
		this.#older = this.#newer;
		if (dropped) {
			await dropped.handle.close();
			await rm(dropped.path);
		}
		const path = `${this.path}.tail-${this.#pieces++ % 3}`;
		this.#newer = { path, handle: await open(path, 'w'), length: 0 };
		return this.#newer;
	}
}

interface Piece {
	readonly path: string;
	readonly handle: FileHandle;
	length: number;
}
