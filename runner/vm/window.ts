/** A credit window: at most so many bytes are under way, and whoever has none waits until some are given back. */

import { deferred } from '../util/deadline.ts';

export class Window {
	#credit: number;
	#closed = false;
	#wake = deferred<void>();

	constructor(bytes: number) {
		this.#credit = bytes;
	}

	/** Takes up to `wanted` bytes of credit, at least one; 0 when the window was closed. */
	async take(wanted: number): Promise<number> {
		while (this.#credit === 0 && !this.#closed) {
			this.#wake = deferred();
			await this.#wake.promise;
		}
		if (this.#closed) return 0;
		const taken = Math.min(wanted, this.#credit);
		this.#credit -= taken;
		return taken;
	}

	give(bytes: number): void {
		this.#credit += bytes;
		this.#wake.resolve();
	}

	/** Ends every wait. */
	close(): void {
		this.#closed = true;
		this.#wake.resolve();
	}
}
