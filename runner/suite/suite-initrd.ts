/** An initramfs with the suite in it, for guests into which nothing is pushed. */

import { readFile } from 'node:fs/promises';
import { cpio } from '../image/cpio.ts';
import { writeWhole } from '../util/files.ts';
import type { Suite } from './load.ts';
import { filesOf, guestPaths, type Provisions } from './provision.ts';
import { tellingInsmod } from './told-sections.ts';

/** Writes it to `path`: the image, and behind it an archive of what `provision` would push, which the kernel unpacks over it. */
export async function writeSuiteInitrd(image: string, suite: Suite, provisions: Provisions, path: string): Promise<void> {
	const files = await filesOf(suite, provisions);
	const entries = await Promise.all(
		files.map(async ({ from, to, mode }) => ({ type: 'file' as const, path: to, mode, data: await readFile(from) })),
	);
	const insmod = { type: 'file' as const, path: `${guestPaths.bin}/insmod`, mode: 0o755, data: Buffer.from(tellingInsmod) };
	await writeWhole(path, Buffer.concat([await readFile(image), cpio([...entries, insmod])]));
}
