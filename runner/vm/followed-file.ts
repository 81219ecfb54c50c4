/** What another process appends to a file, as a stream. */

import { watch } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { deferred } from '../util/deadline.ts';

const chunkBytes = 64 * 1024;

/** From the beginning of the file, which is there already, to where it ends when `over` resolves. */
export function followFile(path: string, over: Promise<unknown>): Readable {
	return Readable.from(follow(path, over), { objectMode: false });
}

async function* follow(path: string, over: Promise<unknown>): AsyncGenerator<Buffer> {
	const file = await open(path);
	let moved = deferred<void>();
	const watcher = watch(path, () => moved.resolve());
	let isOver = false;
	void over.then(() => {
		isOver = true;
		moved.resolve();
	});
	try {
		for (;;) {
			// Before the look: what comes after it wakes us.
			const wasOver = isOver;
			moved = deferred();
			if (isOver) moved.resolve();
			const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes);
			if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
			else if (wasOver) return;
			else await moved.promise;
		}
	} finally {
		watcher.close();
		await file.close();
	}
}
