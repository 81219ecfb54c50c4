/** Ends a program in the guest at its time limit or on abort: SIGTERM, then SIGKILL, then the finding that it is stuck. */

/** Linux's numbers. */
export const signals = { SIGKILL: 9, SIGTERM: 15 } as const;

export interface KillerOptions {
	readonly timeoutMs?: number;
	readonly killAfterMs?: number;
	readonly stuckAfterMs?: number;
	readonly signal?: AbortSignal | undefined;
	readonly kill: (number: number) => void;
}

export class Killer {
	/** Resolves when the program outlived SIGKILL. */
	readonly stuck: Promise<undefined>;
	timedOut = false;
	readonly #options: KillerOptions;
	#timer: NodeJS.Timeout | undefined;
	#failure: { readonly reason: unknown } | undefined;
	#isEnding = false;
	#setStuck: () => void = () => {};

	constructor(options: KillerOptions) {
		this.#options = options;
		this.stuck = new Promise((resolve) => {
			this.#setStuck = () => resolve(undefined);
		});
		const { timeoutMs, signal } = options;
		if (timeoutMs !== undefined)
			this.#timer = setTimeout(() => {
				this.timedOut = true;
				this.#end();
			}, timeoutMs);
		signal?.addEventListener('abort', this.#onAbort, { once: true });
	}

	/** Ends the program because of `reason`, which `throwIfFailed` throws. */
	readonly fail = (reason: unknown): void => {
		this.#failure ??= { reason };
		this.#end();
	};

	throwIfFailed(): void {
		if (this.#failure) throw this.#failure.reason;
	}

	/** The program ended. */
	stop(): void {
		clearTimeout(this.#timer);
		this.#isEnding = true;
		this.#options.signal?.removeEventListener('abort', this.#onAbort);
	}

	readonly #onAbort = (): void => this.fail(this.#options.signal?.reason);

	#end(): void {
		if (this.#isEnding) return;
		this.#isEnding = true;
		const { kill, killAfterMs = 2_000, stuckAfterMs = 10_000 } = this.#options;
		clearTimeout(this.#timer);
		kill(signals.SIGTERM);
		this.#timer = setTimeout(() => {
			kill(signals.SIGKILL);
			this.#timer = setTimeout(this.#setStuck, stuckAfterMs);
		}, killAfterMs);
	}
}
