/** What addr2line prints, and the source paths in it. */

/** One level of inlining at an address, innermost first; the last is the function itself. */
export interface SourceLevel {
	readonly function: string;
	readonly file: string;
	readonly line: number;
}

// "0x0000000000000014"
const addressLine = /^0x([0-9a-f]+)$/;
// "/src/linux/fs/netfs/fscache_volume.c:123 (discriminator 2)", "??:0", "??:?", "/src/x.c:?"
const placeLine = /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/;

/** Reads the output of `addr2line -a -f -i`: for each address, in the order asked, its levels; none where it is not known. */
export function readAddr2line(output: string): SourceLevel[][] {
	const results: SourceLevel[][] = [];
	let name: string | undefined;
	for (const line of output.split('\n')) {
		if (addressLine.test(line)) {
			results.push([]);
			name = undefined;
			continue;
		}
		if (name === undefined) {
			name = line;
			continue;
		}
		const place = placeLine.exec(line);
		const [, file = '??', at = '?'] = place ?? [];
		if (file !== '??' && at !== '?' && at !== '0') results.at(-1)?.push({ function: name, file, line: Number(at) });
		name = undefined;
	}
	return results;
}

/** `/src/linux/./fs/../fs/nfs/inode.c` below `/src/linux` as `fs/nfs/inode.c`; an absolute path outside of it is its last part; without a tree, normalised only. */
export function sourcePath(path: string, tree: string | undefined): string {
	const parts: string[] = [];
	for (const part of path.split('/')) {
		if (part === '.' || (part === '' && parts.length > 0)) continue;
		if (part === '..' && parts.length > 0 && parts.at(-1) !== '..' && parts.at(-1) !== '') parts.pop();
		else parts.push(part);
	}
	const whole = parts.join('/');
	if (tree === undefined || !whole.startsWith('/')) return whole;
	return whole.startsWith(`${tree}/`) ? whole.slice(tree.length + 1) : (parts.at(-1) ?? whole);
}
