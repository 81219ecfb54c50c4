/** Cuts a byte stream into lines of bounded length, wherever its chunks end. */

export interface LineOptions {
	/** The rest of a longer line is dropped. Default 4096. */
	readonly maxLength?: number;
}

/** Returns a function to feed chunks to; `onLine` gets each whole line without its end (LF or CRLF). */
export function lineSplitter(onLine: (line: string) => void, options: LineOptions = {}): (chunk: Buffer) => void {
	const { maxLength = 4096 } = options;
	let partial = '';
	return (chunk) => {
		let start = 0;
		for (;;) {
			const end = chunk.indexOf(10, start);
			const part = chunk.subarray(start, end < 0 ? chunk.length : end);
			// Latin-1 keeps bytes apart; a character of several bytes may lie across two chunks.
			if (partial.length < maxLength && part.length > 0) partial += part.subarray(0, maxLength - partial.length).toString('latin1');
			if (end < 0) return;
			onLine(Buffer.from(partial.endsWith('\r') ? partial.slice(0, -1) : partial, 'latin1').toString());
			partial = '';
			start = end + 1;
		}
	};
}
