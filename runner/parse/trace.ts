/** Counts the events in a trace_pipe stream. */

export interface TraceCounter {
	/** The next piece of the stream, cut anywhere. */
	write(chunk: Uint8Array | string): void;
	/** Events by name so far, e.g. `fscache_cookie`; after `end` the unfinished last line counts too. */
	counts(): Record<string, number>;
	/** Events the kernel said it lost. */
	lost(): number;
	end(): void;
}

// "  kworker/u8:2-66      [001] .....    12.345678: fscache_cookie: c=00000001 GET  prog r=2", "cat-901 (901) [000] d.h1. 1.2: cachefiles_read: o=1"
const eventLine = /^.{0,64}?-\d+ +(?:\( *[\d-]+\) +)?\[\d{3,4}\] +(?:\S+ +)?\d+\.\d+: (\w+): /;
// "CPU:1 [LOST 123 EVENTS]"
const lostLine = /^CPU:\d+ \[LOST (\d+) EVENTS\]/;
/** A longer line is cut: names are at the beginning. */
const lineBytes = 4096;

/** A counter for one stream. Memory is bounded by the number of different events. */
export function countTraceEvents(): TraceCounter {
	const counts = new Map<string, number>();
	let lost = 0;
	let carry = '';
	const line = (raw: string) => {
		const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
		const name = eventLine.exec(text)?.[1];
		if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
		else lost += Number(lostLine.exec(text)?.[1] ?? 0);
	};
	return {
		write: (chunk) => {
			const text =
				carry + (typeof chunk === 'string' ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1'));
			const lines = text.split('\n');
			carry = (lines.pop() ?? '').slice(0, lineBytes);
			for (const one of lines) line(one);
		},
		counts: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
		lost: () => lost,
		end: () => {
			if (carry !== '') line(carry);
			carry = '';
		},
	};
}
