/** Writes newc cpio archives, the format of an initramfs: the same entries give the same bytes. */

export type CpioEntry =
	| { readonly type: 'file'; readonly path: string; readonly mode: number; readonly data: Uint8Array }
	| { readonly type: 'directory'; readonly path: string; readonly mode: number }
	| { readonly type: 'link'; readonly path: string; readonly target: string }
	| {
			readonly type: 'device';
			readonly path: string;
			readonly mode: number;
			readonly kind: 'b' | 'c';
			readonly major: number;
			readonly minor: number;
	  };

// File type bits of st_mode, see stat(2); the header's layout is in the kernel's Documentation/driver-api/early-userspace/buffer-format.rst.
const typeBits = { file: 0o100000, directory: 0o040000, link: 0o120000, b: 0o060000, c: 0o020000 } as const;

/**
 * An archive of `entries`. Paths are absolute guest paths. Entries are sorted by path, folders that no entry names are added with
 * mode 0755, owner and time are zero. Two entries of one path throw.
 */
export function cpio(entries: readonly CpioEntry[]): Buffer {
	const chunks: Uint8Array[] = [];
	for (const [index, entry] of complete(entries).entries()) {
		const data = entry.type === 'file' ? entry.data : entry.type === 'link' ? Buffer.from(entry.target) : new Uint8Array(0);
		chunks.push(header(entry.path.slice(1), index + 1, entry, data.length), data, padding(data.length));
	}
	return Buffer.concat([...chunks, header('TRAILER!!!', 0, undefined, 0)]);
}

function complete(entries: readonly CpioEntry[]): CpioEntry[] {
	const byPath = new Map<string, CpioEntry>();
	for (const entry of entries) {
		if (!entry.path.startsWith('/') || /\/\/|\/$|\/\.\.?(?:\/|$)|\0/.test(entry.path))
			throw new Error(`not a plain absolute path: ${entry.path}`);
		if (byPath.has(entry.path)) throw new Error(`two entries for ${entry.path}`);
		byPath.set(entry.path, entry);
	}
	for (const { path } of entries)
		for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
			const folder = path.slice(0, at);
			const there = byPath.get(folder);
			if (there && there.type !== 'directory') throw new Error(`${path} lies below ${folder}, which is a ${there.type}`);
			if (!there) byPath.set(folder, { type: 'directory', path: folder, mode: 0o755 });
		}
	// By code unit: a folder sorts before what is in it, which the kernel needs.
	return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function header(name: string, inode: number, entry: CpioEntry | undefined, size: number): Buffer {
	const mode = entry ? (entry.type === 'link' ? 0o777 : entry.mode) | typeBits[entry.type === 'device' ? entry.kind : entry.type] : 0;
	const [major, minor] = entry?.type === 'device' ? [entry.major, entry.minor] : [0, 0];
	const links = entry?.type === 'directory' ? 2 : 1;
	const nameBytes = Buffer.from(`${name}\0`);
	const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, major, minor, nameBytes.length, 0];
	const fixed = Buffer.from(`070701${fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join('')}`);
	return Buffer.concat([fixed, nameBytes, padding(fixed.length + nameBytes.length)]);
}

function padding(length: number): Uint8Array {
	return new Uint8Array(-length & 3);
}
