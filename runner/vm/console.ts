/** The kernel's console: its last lines in memory, whether it panicked, and waits for a line. */

import type { Readable } from 'node:stream';
import type { Cap } from './capped-file.ts';
import { Channel } from './channel.ts';
import { lineSplitter } from './lines.ts';

const keptLines = 200;
const keptLength = 500;

// "[   12.345678][  T123] Kernel panic - not syncing: sysrq triggered crash", "/init: [    8.810693] Kernel panic - not syncing: ..."
const panic = /Kernel panic - not syncing: ?(.*)/;

export class Console extends Channel {
	readonly #lines: string[] = [];
	readonly #lineListeners = new Set<(line: string) => void>();
	/** What the kernel said after "Kernel panic - not syncing:", once it did. */
	panic: string | undefined;

	constructor(stream: Readable, cap: Cap = {}) {
		super(stream, cap);
		const split = lineSplitter((line) => this.#onLine(line), { maxLength: keptLength });
		this.tap(split);
	}

	/** The last lines, oldest first, at most 200, each cut at 500 characters; as the guest wrote them. */
	tail(most = keptLines): readonly string[] {
		return this.#lines.slice(-most);
	}

	/** Calls `listener` with each whole line from now on, cut at 500 characters. */
	tapLines(listener: (line: string) => void): () => void {
		this.#lineListeners.add(listener);
		return () => this.#lineListeners.delete(listener);
	}

	/** Waits for a line that holds `text`, from now on. */
	async waitForText(text: string, ms: number, signal?: AbortSignal): Promise<void> {
		let isSeen = false;
		const untap = this.tapLines((line) => {
			isSeen ||= line.includes(text);
		});
		try {
			await this.waitUntil(() => isSeen, ms, `"${text}" on the console`, signal);
		} finally {
			untap();
		}
	}

	#onLine(line: string): void {
		this.#lines.push(line);
		if (this.#lines.length > keptLines) this.#lines.shift();
		this.panic ??= panic.exec(line)?.[1];
		for (const listener of this.#lineListeners) listener(line);
	}
}
