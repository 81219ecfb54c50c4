/** Where a hunk that does not apply might have been meant: the place in the file that is most like what it wants to change. Pure. */

export interface Hunk {
	/** The line it names, from 1. */
	readonly at: number;
	/** The lines it expects: context and what it removes. */
	readonly expects: readonly string[];
}

/** The hunks of one file in a unified diff, in order; a diff that changes it twice gives those of both. */
export function hunksOf(diff: string, path: string): Hunk[] {
	const hunks: { at: number; expects: string[] }[] = [];
	let isOurs = false;
	let [old, made] = [0, 0];
	for (const line of diff.split('\n')) {
		if (old > 0 || made > 0) {
			const sign = line[0] ?? ' ';
			if (sign !== '+' && sign !== '\\') old--;
			if (sign !== '-' && sign !== '\\') made--;
			if (isOurs && sign !== '+' && sign !== '\\') hunks.at(-1)?.expects.push(line.slice(1));
			continue;
		}
		// "--- a/fs/cachefiles/volume.c\t2024-05-22"
		const named = /^(?:---|\+\+\+) "?[^/\s]+\/(\S+?)"?(?:\s|$)/.exec(line)?.[1];
		if (named !== undefined) isOurs = named === path || (line.startsWith('+++') && isOurs);
		// "@@ -12,7 +12,6 @@ static void f(void)"
		const header = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
		if (!header) continue;
		old = Number(header[2] ?? 1);
		made = Number(header[3] ?? 1);
		if (isOurs) hunks.push({ at: Number(header[1]), expects: [] });
	}
	return hunks;
}

/** What to show of the nearest place, a line each; nothing when no line of it is alike. */
export function nearestContext(file: string, hunk: Hunk, path: string): string[] {
	const lines = file.split('\n');
	const wanted = hunk.expects;
	const isLike = (a = '', b = '') => a.trim() === b.trim();
	const score = (start: number) => wanted.filter((text, at) => text.trim() !== '' && isLike(lines[start + at], text)).length;
	let best = { start: 0, score: 0 };
	for (let start = 0; start < lines.length; start++) {
		const found = score(start);
		const isNearer = Math.abs(start + 1 - hunk.at) < Math.abs(best.start + 1 - hunk.at);
		if (found > best.score || (found === best.score && found > 0 && isNearer)) best = { start, score: found };
	}
	if (best.score === 0) return [`nothing in ${path} is like what the hunk expects`];
	const rows = wanted.flatMap((text, at) => {
		const number = String(best.start + at + 1).padStart(6);
		const there = lines[best.start + at];
		if (there === text) return [`${number}   ${text}`];
		return [`${' '.repeat(6)} - ${text}`, ...(there === undefined ? [] : [`${number} + ${there}`])];
	});
	const fits = wanted.filter((text, at) => lines[best.start + at] === text).length;
	return [`nearest is ${path}:${best.start + 1}, where ${fits} of ${wanted.length} lines fit (- the patch, + the file):`, ...rows];
}
