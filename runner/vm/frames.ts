/** The frames of the agent's wire protocol: u32 payload length, u32 request id, u8 type, 3 zero bytes, payload; little endian. */

/** Requests, host to guest. */
export const request = { ping: 1, exec: 2, stdin: 3, signal: 4, pushOpen: 5, pushData: 6, pull: 7, start: 8, getReady: 9 } as const;

/** Answers, guest to host. */
export const answer = { pong: 65, stdout: 66, stderr: 67, exit: 68, ok: 69, error: 70, data: 71, hello: 72, taken: 73, seen: 74 } as const;

/** Bits of an EXEC's flags. */
export const execFlags = { toResults: 1, hasStdin: 2, mergeStderr: 4 } as const;

/** The agent takes no larger payload, and no more stdin or file data than this before it has said `taken`. */
export const windowBytes = 256 * 1024;

const headerBytes = 12;

export interface Frame {
	readonly id: number;
	readonly type: number;
	readonly payload: Buffer;
}

/** One frame as bytes. */
export function encodeFrame(type: number, id: number, payload: Uint8Array = new Uint8Array()): Buffer {
	const frame = Buffer.alloc(headerBytes + payload.length);
	frame.writeUInt32LE(payload.length, 0);
	frame.writeUInt32LE(id, 4);
	frame.writeUInt8(type, 8);
	frame.set(payload, headerBytes);
	return frame;
}

/** The payload of an EXEC: flags, argc, envc, then the NUL-terminated strings. Throws a TypeError when one holds a NUL. */
export function encodeExec(flags: number, cwd: string, argv: readonly string[], env: Readonly<Record<string, string>>): Buffer {
	const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
	const strings = [cwd, ...argv, ...pairs];
	const bad = strings.find((text) => text.includes('\0'));
	if (bad !== undefined) throw new TypeError(`an argument holds a NUL: ${JSON.stringify(bad)}`);
	const head = Buffer.alloc(12);
	head.writeUInt32LE(flags, 0);
	head.writeUInt32LE(argv.length, 4);
	head.writeUInt32LE(pairs.length, 8);
	return Buffer.concat([head, ...strings.map((text) => Buffer.from(`${text}\0`))]);
}

/** The payload of a START for a clone: u64 nanoseconds since 1970, 32 bytes of entropy, the first four of which become its name. */
export function encodeRenewal(nowMs: number, seed: Uint8Array): Buffer {
	const time = Buffer.alloc(8);
	time.writeBigUInt64LE(BigInt(Math.round(nowMs * 1_000)) * 1_000n);
	return Buffer.concat([time, seed], 40);
}

/** Cuts a byte stream into frames, wherever its chunks end. */
export class FrameDecoder {
	#chunks: Buffer[] = [];
	#length = 0;

	/** Returns the frames that `chunk` completes. */
	push(chunk: Buffer): Frame[] {
		this.#chunks.push(chunk);
		this.#length += chunk.length;
		const frames: Frame[] = [];
		if (this.#length < this.#wanted()) return frames;
		let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
		while (rest.length >= headerBytes) {
			const end = headerBytes + rest.readUInt32LE(0);
			if (rest.length < end) break;
			frames.push({ id: rest.readUInt32LE(4), type: rest.readUInt8(8), payload: rest.subarray(headerBytes, end) });
			rest = rest.subarray(end);
		}
		this.#chunks = rest.length > 0 ? [rest] : [];
		this.#length = rest.length;
		return frames;
	}

	/** Bytes until something can be decoded: joining the chunks earlier would copy a large frame again for each of them. */
	#wanted(): number {
		const [first] = this.#chunks;
		return first && first.length >= headerBytes ? headerBytes + first.readUInt32LE(0) : headerBytes;
	}
}
