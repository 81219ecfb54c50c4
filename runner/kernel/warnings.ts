/** What the compiler warns of: read off a make, kept for every file as it was last compiled, and told where a series brings something new. */

import { readFile } from 'node:fs/promises';
import { writeWhole } from '../util/files.ts';
import type { Step } from './make-output.ts';

export interface Warning {
	/** Path below the tree; an object's, where objtool speaks. */
	readonly file: string;
	readonly line?: number;
	readonly text: string;
}

/** A warning on make's stderr; undefined for anything else. `tree` is taken off paths. */
export function parseWarning(line: string, tree: string): Warning | undefined {
	// "/tree/fs/x.c:12:6: warning: unused variable 'i' [-Wunused-variable]", "fs/x.o: warning: objtool: f+0x1: unreachable instruction"
	const [, file, number, text] = /^(\S+?):(?:(\d+):)?(?:\d+:)? warning: (.+)$/.exec(line) ?? [];
	if (file === undefined || text === undefined) return undefined;
	return { file: file.replace(`${tree}/`, ''), ...(number !== undefined && { line: Number(number) }), text };
}

const stem = (path: string) => path.replace(/\.[^./]+$/, '');

/** What is known after a make: of a file that was compiled again what it says now, of the others what they said. */
export function mergeWarnings(known: readonly Warning[], steps: readonly Step[], seen: readonly Warning[]): Warning[] {
	const compiled = new Set(steps.filter(({ verb }) => verb.startsWith('CC')).map(({ target }) => stem(target)));
	const all = [...known.filter(({ file }) => !compiled.has(stem(file))), ...seen];
	// A header says it again for each file that includes it.
	return [...new Map(all.map((one) => [warningText(one), one])).values()];
}

/**
 * Runs `make`, which calls what it is given for every line of its stderr, and returns what is known then. `file` remembers that also when make
 * fails or is stopped: what it has compiled is not compiled again, and would not say it again. `steps` are make's, as they come.
 */
export async function keepWarnings(
	file: string,
	{ tree, steps }: { readonly tree: string; readonly steps: readonly Step[] },
	make: (onComplaint: (line: string) => void) => Promise<void>,
): Promise<readonly Warning[]> {
	const seen: Warning[] = [];
	let warnings: readonly Warning[] = [];
	try {
		await make((line) => {
			const warning = parseWarning(line, tree);
			if (warning) seen.push(warning);
		});
	} finally {
		warnings = mergeWarnings((await readWarnings(file)) ?? [], steps, seen);
		await saveWarnings(file, warnings);
	}
	return warnings;
}

/** `fs/x.c:12: unused variable 'i' [-Wunused-variable]`. */
export function warningText({ file, line, text }: Warning): string {
	return `${line === undefined ? file : `${file}:${line}`}: ${text}`;
}

/** Those of a patched kernel in files that the series touches and that the kernel without does not show; lines may have moved. */
export function newWarnings(touched: readonly string[], plain: readonly Warning[], patched: readonly Warning[]): Warning[] {
	const stems = new Set(touched.map(stem));
	const left = plain.map(({ file, text }) => `${file} ${text}`);
	return patched.filter(({ file, text }) => {
		if (!stems.has(stem(file))) return false;
		const at = left.indexOf(`${file} ${text}`);
		if (at >= 0) left.splice(at, 1);
		return at < 0;
	});
}

/** Undefined when there is no such file, or none of ours. */
export async function readWarnings(file: string): Promise<readonly Warning[] | undefined> {
	const text = await readFile(file, 'utf8').catch(() => undefined);
	return text === undefined ? undefined : (JSON.parse(text) as Warning[]);
}

export async function saveWarnings(file: string, warnings: readonly Warning[]): Promise<void> {
	await writeWhole(file, `${JSON.stringify(warnings)}\n`);
}
