/** Output kept up to a limit. */

/** A stream's first bytes, and whether there were more. */
export class Capture {
	readonly #chunks: Buffer[] = [];
	readonly #most: number;
	readonly #onChunk: ((chunk: Buffer) => void) | undefined;
	#length = 0;
	truncated = false;

	constructor(most: number, onChunk: ((chunk: Buffer) => void) | undefined) {
		this.#most = most;
		this.#onChunk = onChunk;
	}

	add(chunk: Buffer): void {
		this.#onChunk?.(chunk);
		const kept = chunk.subarray(0, this.#most - this.#length);
		if (kept.length < chunk.length) this.truncated = true;
		if (kept.length > 0) this.#chunks.push(kept);
		this.#length += kept.length;
	}

	text(): string {
		return Buffer.concat(this.#chunks).toString();
	}
}
