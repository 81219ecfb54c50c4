/** The answers to one request of the agent, in order. */

import { deferred } from '../util/deadline.ts';
import type { Frame } from './frames.ts';

/** `next` waits for a frame, `fail` ends the wait. */
export class Inbox {
	readonly #frames: Frame[] = [];
	#failure: { readonly error: unknown } | undefined;
	#wake = deferred<void>();

	add(frame: Frame): void {
		this.#frames.push(frame);
		this.#wake.resolve();
	}

	readonly fail = (error: unknown): void => {
		this.#failure ??= { error };
		this.#wake.resolve();
	};

	async next(): Promise<Frame> {
		for (;;) {
			const frame = this.#frames.shift();
			if (frame) return frame;
			if (this.#failure) throw this.#failure.error;
			this.#wake = deferred();
			await this.#wake.promise;
		}
	}
}
