/** Writes ustar archives, the shape in which many small files reach a guest at once. */

export interface TarFile {
	/** Absolute. */
	readonly path: string;
	readonly mode: number;
	readonly data: Uint8Array;
}

/** An archive to unpack at /: folders are made by the reader; owner and time are zero. Throws a RangeError for a path that ustar cannot hold. */
export function* tar(files: Iterable<TarFile>): Generator<Uint8Array> {
	for (const { path, mode, data } of files) {
		yield header(path.slice(1), mode, data.length);
		yield data;
		yield Buffer.alloc((512 - (data.length % 512)) % 512);
	}
	yield Buffer.alloc(1024);
}

// Field offsets and sizes are POSIX.1-1988's, as in tar(5).
function header(path: string, mode: number, size: number): Buffer {
	const block = Buffer.alloc(512);
	const { prefix, name } = split(path);
	block.write(name, 0);
	block.write(octal(mode, 7), 100);
	block.write(octal(0, 7), 108);
	block.write(octal(0, 7), 116);
	block.write(octal(size, 11), 124);
	block.write(octal(0, 11), 136);
	block.write('        ', 148);
	block.write('0', 156);
	block.write('ustar\u000000', 257);
	block.write(prefix, 345);
	const sum = block.reduce((total, byte) => total + byte, 0);
	block.write(`${octal(sum, 6)}\0 `, 148);
	return block;
}

/** At a slash, into at most 155 and 100 bytes. */
function split(path: string): { prefix: string; name: string } {
	if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
	for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
		const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
		if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return { prefix, name };
	}
	throw new RangeError(`too long a path for an archive: /${path}`);
}

function octal(value: number, digits: number): string {
	return value.toString(8).padStart(digits, '0');
}
