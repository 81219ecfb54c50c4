/** An initramfs with the suite in it, for guests into which nothing is pushed. */

import { readFile } from 'node:fs/promises';
import { cpio } from '../image/cpio.ts';
import { writeWhole } from '../util/files.ts';
import type { Suite } from './load.ts';
import { filesOf, type Provisions } from './provision.ts';

/** Writes it to `path`: the image, and behind it an archive of what `provision` would push, which the kernel unpacks over it. */
export async function writeSuiteInitrd(image: string, suite: Suite, provisions: Provisions, path: string): Promise<void> {
	const files = await filesOf(suite, provisions);
	const entries = await Promise.all(
		files.map(async ({ from, to, mode }) => ({ type: 'file' as const, path: to, mode, data: await readFile(from) })),
	);
	await writeWhole(path, Buffer.concat([await readFile(image), cpio(entries)]));
}
