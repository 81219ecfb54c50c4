/** Changes gathered until they pause: a checkout or an editor's rename-over is one change. */

import { DeadlineError, deferred, withDeadline } from '../util/deadline.ts';

export interface ChangeFeed {
	readonly add: (name: string) => void;
	/** Calls `listener` with the first change from now on, at once with one that waits; not at all after the returned function was called. */
	readonly onFirst: (listener: (name: string) => void) => () => void;
	/** Waits for a change and the pause after it; the names, in order, each once. Nothing when the signal aborts. */
	readonly take: (signal: AbortSignal) => Promise<readonly string[]>;
}

export interface Pause {
	/** So long nothing must change; editors write, rename and sync within it. */
	readonly quietMs?: number;
	/** Something that never pauses, a log in the tree, is not waited for any longer. */
	readonly mostMs?: number;
}

export function changeFeed({ quietMs = 250, mostMs = 30_000 }: Pause = {}): ChangeFeed {
	const names = new Set<string>();
	const listeners = new Set<(name: string) => void>();
	let moved = deferred<void>();
	const wake = () => {
		moved.resolve();
		moved = deferred();
	};
	const isQuiet = async () => {
		try {
			await withDeadline(moved.promise, quietMs, 'another change');
			return false;
		} catch (error) {
			if (error instanceof DeadlineError) return true;
			throw error;
		}
	};
	return {
		add(name) {
			names.add(name);
			for (const listener of [...listeners]) listener(name);
			listeners.clear();
			wake();
		},
		onFirst(listener) {
			const [waiting] = names;
			if (waiting === undefined) listeners.add(listener);
			else listener(waiting);
			return () => listeners.delete(listener);
		},
		async take(signal) {
			signal.addEventListener('abort', wake, { once: true });
			try {
				while (names.size === 0 && !signal.aborted) await moved.promise;
				const end = performance.now() + mostMs;
				while (!signal.aborted && !(await isQuiet()) && performance.now() < end);
				if (signal.aborted) return [];
				const taken = [...names];
				names.clear();
				return taken;
			} finally {
				signal.removeEventListener('abort', wake);
			}
		},
	};
}
