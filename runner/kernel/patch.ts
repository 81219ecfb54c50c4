/** A patch file read as text: which files it touches, and whether it is a patch at all. */

import { basename } from 'node:path';
import { UserError } from '../util/errors.ts';

export interface Patch {
	/** As the user named it. */
	readonly file: string;
	/** What it is called in messages: the file's own name, or, where a file holds several, its title. */
	readonly name: string;
	/** The diff. */
	readonly text: string;
	/** Of a patch that came as a mail or a commit. */
	readonly commit?: CommitText;
	/** Paths below the tree that it changes, makes or removes. */
	readonly touches: readonly string[];
	/** Those of them that have to exist before. */
	readonly needs: readonly string[];
}

/** What stands above the diff of a mail or a commit. */
export interface CommitText {
	readonly title: string;
	/** `A U Thor <author@example.org>`. */
	readonly author: string;
	/** The message below the title. */
	readonly message: string;
}

/** Reads a unified diff (git format-patch, git diff, quilt, diff -u; mail headers around it do no harm). Throws UserError with the line. */
export function parsePatch(file: string, text: string, about: { readonly name?: string; readonly commit?: CommitText } = {}): Patch {
	const lines = text.split('\n');
	const touches = new Set<string>();
	const needs = new Set<string>();
	let hunks = 0;
	const refuse = (line: number, message: string, hint: string) => new UserError(message, { at: { file, line: line + 1 }, hint });
	const below = (line: number, name: string): string => {
		const [, path] = /^"?[^/]+\/(.*?)"?$/.exec(name) ?? [];
		if (name.startsWith('/') || path === undefined || path.split('/').includes('..'))
			throw refuse(line, `"${name}" is no path below a kernel tree`, 'make the patch at the top of the tree: git diff, or diff -u a/… b/…');
		return path;
	};
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at] ?? '';
		// "--- a/fs/cachefiles/volume.c", "+++ b/fs/cachefiles/volume.c\t2024-05-22 10:00:00"; "--- " of a diffstat has no "+++ " below
		const old = /^--- (\S+)/.exec(line)?.[1];
		const made = /^\+\+\+ (\S+)/.exec(lines[at + 1] ?? '')?.[1];
		if (old !== undefined && made !== undefined) {
			if (old === '/dev/null' && made === '/dev/null') throw refuse(at, 'a diff from nothing to nothing', 'make the patch again');
			const was = old === '/dev/null' ? undefined : below(at, old);
			const is = made === '/dev/null' ? undefined : below(at + 1, made);
			for (const path of [was, is]) if (path !== undefined) touches.add(path);
			// Of a file that it adds, diff -urN says so here alone.
			const isAdded = lines[at + 2]?.startsWith('@@ -0,0 ') ?? false;
			if (was !== undefined && !isAdded) needs.add(was);
			at++;
			continue;
		}
		// "rename from fs/a.c", "copy to fs/b.c"
		const [, verb, way, moved] = /^(rename|copy) (from|to) (.+)$/.exec(line) ?? [];
		if (verb !== undefined && moved !== undefined && /^diff --git /m.test(lines.slice(Math.max(0, at - 4), at).join('\n'))) {
			touches.add(moved);
			if (way === 'from') needs.add(moved);
			else hunks++;
			continue;
		}
		// "@@ -12,7 +12,6 @@ static void f(void)"
		const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
		if (hunk) {
			if (touches.size === 0)
				throw refuse(at, 'a hunk before any "--- a/…" and "+++ b/…" lines', 'make the patch with git diff or diff -u');
			at = skipHunk(lines, at, Number(hunk[1] ?? 1), Number(hunk[2] ?? 1), refuse);
			hunks++;
		}
	}
	if (hunks === 0)
		throw new UserError('not a patch: there is no "--- a/…", "+++ b/…", "@@ … @@" in it', {
			at: { file },
			hint: 'make one with git diff or git format-patch',
		});
	return { file, name: basename(file), text, touches: [...touches], needs: [...needs], ...about };
}

/** Index of the hunk's last line; counts its lines, which a mail client that wraps or trims breaks. */
function skipHunk(
	lines: readonly string[],
	header: number,
	oldLines: number,
	newLines: number,
	refuse: (line: number, message: string, hint: string) => UserError,
): number {
	let [old, made, at] = [oldLines, newLines, header];
	while (old > 0 || made > 0) {
		at++;
		const line = lines[at];
		const sign = line?.[0] ?? (at < lines.length - 1 ? ' ' : undefined);
		if (sign === '\\') continue;
		if (sign === ' ' || sign === '\t') {
			old--;
			made--;
		} else if (sign === '-') old--;
		else if (sign === '+') made--;
		else
			throw refuse(
				Math.min(at, lines.length - 1),
				'a hunk ends before the number of lines its @@ line says',
				'the patch was cut or wrapped; get it again',
			);
		if (old < 0 || made < 0)
			throw refuse(at, 'a hunk has more lines than its @@ line says', 'the patch was edited or wrapped; get it again');
	}
	return at;
}
