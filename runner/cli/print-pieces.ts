/** Documents that are too large for one string, on standard output. */

import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Ends early, and well, when the reader goes away. */
export async function printPieces(pieces: Iterable<string>, out: Writable = process.stdout): Promise<void> {
	await pipeline(pieces, out, { end: false }).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'EPIPE') throw error;
	});
}
