/** Runs, waits for a change, runs again. */

import type { ChangeFeed } from './change-feed.ts';

export interface WatchLoop {
	readonly changes: ChangeFeed;
	/** One iteration; `changed` is empty the first time. When `enough` aborts it lets the running case end and begins nothing more. */
	readonly run: (changed: readonly string[], enough: AbortSignal) => Promise<void>;
	/** A file changed while an iteration runs. */
	readonly onOvertaken: (name: string) => void;
	readonly onWaiting: () => void;
	/** Ends the loop; the iteration that runs has its own ways to hear of it. */
	readonly signal: AbortSignal;
}

export async function watchLoop({ changes, run, onOvertaken, onWaiting, signal }: WatchLoop): Promise<void> {
	let changed: readonly string[] = [];
	while (!signal.aborted) {
		const enough = new AbortController();
		const forget = changes.onFirst((name) => {
			onOvertaken(name);
			enough.abort();
		});
		await run(changed, enough.signal);
		forget();
		if (signal.aborted) return;
		if (!enough.signal.aborted) onWaiting();
		changed = await changes.take(signal);
	}
}
