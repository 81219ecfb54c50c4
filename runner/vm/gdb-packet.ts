/** Packets of gdb's remote protocol (gdb's manual, appendix E): framing, checksums, escapes. Payloads are Latin-1 strings, a character a byte. */

export type GdbMessage =
	| { readonly kind: 'packet'; readonly payload: string }
	| { readonly kind: 'ack' }
	/** The other side asks for the last packet once more. */
	| { readonly kind: 'again' }
	/** A packet whose checksum does not fit. */
	| { readonly kind: 'broken'; readonly payload: string };

const codes = { dollar: 0x24, hash: 0x23, plus: 0x2b, minus: 0x2d } as const;

/** What interrupts a machine that runs: a byte of its own, no packet. */
export const interruptByte = Buffer.from([3]);
export const ackByte = Buffer.from('+');
export const againByte = Buffer.from('-');

/** `$payload#checksum`, with the four characters that mean something escaped. */
export function encodePacket(payload: string): Buffer {
	const escaped = payload.replace(/[#$}*]/g, (character) => `}${String.fromCharCode(character.charCodeAt(0) ^ 0x20)}`);
	const body = Buffer.from(escaped, 'latin1');
	return Buffer.concat([Buffer.from('$'), body, Buffer.from(`#${hex2(sumOf(body))}`)]);
}

/** Returns a function to feed chunks to, cut anywhere; what is neither packet nor acknowledgement is dropped, as the protocol has it. */
export function packetReader(onMessage: (message: GdbMessage) => void): (chunk: Buffer) => void {
	let rest = Buffer.alloc(0);
	return (chunk) => {
		rest = Buffer.concat([rest, chunk]);
		for (let at = 0; ; ) {
			const first = rest[at];
			const end = first === codes.dollar ? rest.indexOf(codes.hash, at) : at;
			if (first === undefined || end < 0 || (first === codes.dollar && end + 3 > rest.length)) {
				rest = rest.subarray(at);
				return;
			}
			if (first === codes.plus) onMessage({ kind: 'ack' });
			else if (first === codes.minus) onMessage({ kind: 'again' });
			else if (first === codes.dollar) onMessage(decode(rest.subarray(at + 1, end), rest.toString('latin1', end + 1, end + 3)));
			at = first === codes.dollar ? end + 3 : at + 1;
		}
	};
}

function decode(body: Buffer, checksum: string): GdbMessage {
	const payload = expandRuns(body.toString('latin1').replace(/}([\s\S])/g, (_, character: string) => `}${unescaped(character)}`));
	return checksum.toLowerCase() === hex2(sumOf(body)) ? { kind: 'packet', payload } : { kind: 'broken', payload };
}

function unescaped(character: string): string {
	return String.fromCharCode(character.charCodeAt(0) ^ 0x20);
}

/** `0* ` is `0000`: a character, an asterisk, and how often more, plus 29. A `}` marks a character that means itself. */
function expandRuns(text: string): string {
	let expanded = '';
	for (let at = 0; at < text.length; at++) {
		const character = text[at] ?? '';
		if (character === '}') expanded += text[++at] ?? '';
		else if (character === '*') expanded += (expanded.at(-1) ?? '').repeat(Math.max(0, text.charCodeAt(++at) - 29));
		else expanded += character;
	}
	return expanded;
}

function sumOf(bytes: Buffer): number {
	return bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);
}

function hex2(byte: number): string {
	return byte.toString(16).padStart(2, '0');
}
