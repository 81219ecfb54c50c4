/** What a folder holds, by names, sizes and times: cheap to take, and different after any write, whatever time a file claims to be of. */

import { posix } from 'node:path';
import { exec } from '../util/exec.ts';

// A file's times move with the kernel's tick (4 ms at HZ=250): written twice within one, it can look the same. Git calls this racy.
const youngMs = 50;

/**
 * One record for each file or symbolic link below `dir`, but for a `.git` at its top: `f<size> <modified> <changed> <inode> <path>`, a tab and
 * a link's target, each ended by a NUL. A record begins with `!` where the file was changed only just now, and may look so with other content;
 * none does when the folder is `ours`, locked, and nobody can write there before something was built.
 */
export async function listFolder(
	dir: string,
	options: { readonly ours?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
	const since = options.ours ? 'tomorrow' : `@${((Date.now() - youngMs) / 1000).toFixed(3)}`;
	const young = ['-newerct', since, '-printf', '!'];
	// %C@ is the time of change, which nobody can set back.
	const record = ['-printf', '%y%s %T@ %C@ %i %P\\t%l\\0'];
	const isFile = ['(', '-type', 'f', '-o', '-type', 'l', ')'];
	const args = ['.', '-path', './.git', '-prune', '-o', ...isFile, '(', ...young, ',', ...record, ')'];
	return (await exec('find', args, { cwd: dir, env: { LC_ALL: 'C' }, signal: options.signal })).stdout;
}

/** Whether the same listing again means the same content: no file is too young, and no link leads out of the folder. */
export function isTelling(listing: string): boolean {
	if (/(?:^|\0)!/.test(listing)) return false;
	// "l24 1732.1 1732.1 4711 scripts/dtc/include-prefixes/arm\t../../../arch/arm/boot/dts"
	for (const [, path = '', target = ''] of listing.matchAll(/(?:^|\0)l\S+ \S+ \S+ \S+ ([^\t\0]*)\t([^\0]*)/g))
		if (target.startsWith('/') || posix.join(posix.dirname(path), target).startsWith('..')) return false;
	return true;
}

export type Change = 'changed' | 'new' | 'gone';

/** The paths in which a folder's second listing differs from its first; those too young at the first count as changed. */
export function changesBetween(before: string, after: string): ReadonlyMap<string, Change> {
	const [from, to] = withoutCommonEnds(before, after);
	const gone = new Set(from.split('\0').filter(Boolean));
	const fresh = to.split('\0').filter((record) => record !== '' && !gone.delete(record));
	const changes = new Map<string, Change>([...gone].map((record) => [pathOf(record), 'gone']));
	for (const path of fresh.map(pathOf)) changes.set(path, changes.has(path) ? 'changed' : 'new');
	for (const [record] of before.matchAll(/(?<=^|\0)![^\0]*/g)) {
		const path = pathOf(record);
		if (!changes.has(path)) changes.set(path, 'changed');
	}
	return changes;
}

function pathOf(record: string): string {
	return /^\S+ \S+ \S+ \S+ ([^\t]*)/.exec(record)?.[1] ?? '';
}

/** Both texts without the whole records that they begin and end with alike: a listing is 9 MB, and little of it changes. */
function withoutCommonEnds(a: string, b: string): readonly [string, string] {
	const step = 2 ** 16;
	let head = 0;
	while (head + step <= Math.min(a.length, b.length) && a.slice(head, head + step) === b.slice(head, head + step)) head += step;
	head = a.lastIndexOf('\0', head - 1) + 1;
	const most = Math.min(a.length, b.length) - head;
	let tail = 0;
	while (tail + step <= most && a.slice(a.length - tail - step, a.length - tail) === b.slice(b.length - tail - step, b.length - tail))
		tail += step;
	// The first end of a record within what is common: before it, the two may be parts of different records.
	const end = a.indexOf('\0', a.length - tail) + 1;
	const left = a.length - end;
	return tail === 0 ? [a.slice(head), b.slice(head)] : [a.slice(head, end), b.slice(head, b.length - left)];
}
