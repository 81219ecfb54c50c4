/** Which groups an xfstests test is in: its own `_begin_fstest` line says it since 2021, a file of its folder did before. Pure. */

// "_begin_fstest auto quick rw"
const beginLine = /^_begin_fstest[ \t]+(.*)$/m;

/** The groups a test names for itself; undefined for a test of before that line. */
export function parseBegin(script: string): string[] | undefined {
	const [, words] = beginLine.exec(script) ?? [];
	return words === undefined ? undefined : wordsOf(words);
}

/** A `group.list` or `group` file: a test, then its groups, a line each; `#` begins a comment. */
export function parseGroupFile(text: string): ReadonlyMap<string, readonly string[]> {
	const lines = text.split('\n').map(wordsOf);
	return new Map(lines.flatMap(([test, ...groups]) => (test === undefined ? [] : [[test, groups] as const])));
}

function wordsOf(line: string): string[] {
	return line.replace(/#.*/, '').match(/\S+/g)?.map(String) ?? [];
}
