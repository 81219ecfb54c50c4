/** Files that name tests: those to run, and those to leave out with the reason. */

import { readFile } from 'node:fs/promises';
import { type Position, UserError } from '../util/errors.ts';

export interface ListedTest {
	/** `generic/001`, or a pattern such as `generic/0??`. */
	readonly pattern: string;
	/** What stands behind `#`. */
	readonly reason?: string;
	/** Where it was written; absent for what stood on the command line. */
	readonly at?: Position;
}

// "generic/001", "generic/4[67]?", "xfs/018-x"
const patternForm = /^[a-z0-9*?][a-z0-9_.*?-]*\/[\w*?[\]{},-]+$/i;

/** Whether it has the form of a test's name, or of a pattern over such names. */
export function isPattern(text: string): boolean {
	return patternForm.test(text);
}

/** Reads such a file, a test a line, `generic/001 # reason`. An unreadable file or a line of another form is a UserError with its place. */
export async function readTestList(file: string): Promise<ListedTest[]> {
	const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
		throw new UserError(`cannot read: ${error.code ?? error.message}`, { at: { file } });
	});
	return parseTestList(text, file);
}

/** The same of its text; `file` is only named. */
export function parseTestList(text: string, file: string): ListedTest[] {
	return text.split(/\r?\n/).flatMap((line, index) => {
		const [before = '', ...behind] = line.split('#');
		const pattern = before.trim();
		if (pattern === '') return [];
		const at = { file, line: index + 1, column: line.indexOf(pattern) + 1 };
		if (!isPattern(pattern)) throw new UserError(`not a test: "${pattern}"`, { at, hint: 'write a line like: generic/001 # reason' });
		const reason = behind.join('#').trim();
		return [{ pattern, at, ...(reason !== '' && { reason }) }];
	});
}
