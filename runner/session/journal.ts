/** The journal of a run, read one event at a time: it may be larger than memory should hold. */

import { createReadStream } from 'node:fs';
import type { Event } from '../model/event.ts';
import { UserError } from '../util/errors.ts';

/**
 * Hands each event to `onEvent`, in order. A last line without its end was cut off by a kill, and is left out. Resolves to the bytes of
 * the whole lines; a damaged line is a UserError that names it.
 */
export async function readJournal(file: string, onEvent: (event: Event) => void): Promise<number> {
	let parts: Buffer[] = [];
	let number = 0;
	let bytes = 0;
	for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
		let start = 0;
		for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
			const line = Buffer.concat([...parts, chunk.subarray(start, end)]);
			parts = [];
			number++;
			bytes += line.length + 1;
			start = end + 1;
			if (line.length > 0) onEvent(parse(line, file, number));
		}
		if (start < chunk.length) parts.push(chunk.subarray(start));
	}
	return bytes;
}

function parse(line: Buffer, file: string, number: number): Event {
	try {
		return JSON.parse(line.toString()) as Event;
	} catch (error) {
		throw new UserError(`is damaged: ${String(error)}`, { at: { file, line: number } });
	}
}
