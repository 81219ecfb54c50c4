/** Reads that reached QEMU's 9p server, counted from QEMU's own trace: what a cache served does not appear there. */

import { createReadStream } from 'node:fs';
import { lineSplitter } from './lines.ts';

export interface NinepReads {
	readonly requests: number;
	readonly bytes: number;
}

// "v9fs_read tag 0 id 116 fid 2 off 4096 max_count 126976"
const read = /\bv9fs_read tag \d+ /;
// "v9fs_read_return tag 0 id 116 count 4096 err 4107"
const answered = /\bv9fs_read_return tag \d+ id \d+ count (\d+) /;

/** Of the trace so far; nothing yet counts as zero. */
export async function countNinepReads(tracePath: string): Promise<NinepReads> {
	let requests = 0;
	let bytes = 0;
	const feed = lineSplitter((line) => {
		if (read.test(line)) requests++;
		bytes += Number(answered.exec(line)?.[1] ?? 0);
	});
	try {
		for await (const chunk of createReadStream(tracePath)) feed(chunk as Buffer);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
	}
	return { requests, bytes };
}
