/** Waits that end: every wait has a deadline, and its error names what was waited for. */

import { setTimeout as delay } from 'node:timers/promises';

/** Thrown when a wait ran out; a result rather than a fault in most places, so it has its own class. */
export class DeadlineError extends Error {
	override readonly name = 'DeadlineError';
	readonly what: string;
	readonly ms: number;

	constructor(what: string, ms: number) {
		super(`waited ${(ms / 1000).toFixed(1)} s for ${what}`);
		this.what = what;
		this.ms = ms;
	}
}

/** `work`, or a DeadlineError after `ms` milliseconds, or the signal's reason when it aborts first. `work` itself is not cancelled. */
export async function withDeadline<T>(work: Promise<T>, ms: number, what: string, signal?: AbortSignal): Promise<T> {
	signal?.throwIfAborted();
	const { promise, reject } = deferred<never>();
	const timer = setTimeout(() => reject(new DeadlineError(what, ms)), ms);
	const onAbort = () => reject(signal?.reason);
	signal?.addEventListener('abort', onAbort, { once: true });
	try {
		return await Promise.race([work, promise]);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', onAbort);
	}
}

/** Calls `probe` every `everyMs` until it returns something other than undefined or false; for states that send no event. */
export async function poll<T>(
	probe: () => Promise<T | undefined | false> | T | undefined | false,
	options: { readonly ms: number; readonly what: string; readonly everyMs?: number; readonly signal?: AbortSignal },
): Promise<T> {
	const end = performance.now() + options.ms;
	for (;;) {
		options.signal?.throwIfAborted();
		const value = await probe();
		if (value !== undefined && value !== false) return value;
		if (performance.now() >= end) throw new DeadlineError(options.what, options.ms);
		await delay(options.everyMs ?? 20, undefined, options.signal ? { signal: options.signal } : {});
	}
}

/** A promise with its resolvers outside (Promise.withResolvers came with Node 22). */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T | PromiseLike<T>) => void; reject: (reason?: unknown) => void } {
	let resolve: (value: T | PromiseLike<T>) => void = () => {};
	let reject: (reason?: unknown) => void = () => {};
	const promise = new Promise<T>((yes, no) => {
		resolve = yes;
		reject = no;
	});
	return { promise, resolve, reject };
}
