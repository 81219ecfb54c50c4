/** modules.order, which a make of named modules overwrites and removes, kept over such a make and over a kill in the midst of it. */

import { readFile, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, writeWhole } from '../util/files.ts';

const orderFile = (output: string) => join(output, 'modules.order');
const keptFile = (output: string) => join(output, '.crucible-modules.order');

/** To be called before any make: puts back what a killed one took away. */
export async function restoreOrder(output: string): Promise<void> {
	if (await exists(keptFile(output))) await rename(keptFile(output), orderFile(output));
}

/** Runs `work`, whatever it does to modules.order. The file keeps its time, so that the next whole make finds it fresh. */
export async function keepingOrder<T>(output: string, work: () => Promise<T>): Promise<T> {
	const { atime, mtime } = await stat(orderFile(output));
	await writeWhole(keptFile(output), await readFile(orderFile(output)));
	await utimes(keptFile(output), atime, mtime);
	try {
		return await work();
	} finally {
		await restoreOrder(output);
	}
}
