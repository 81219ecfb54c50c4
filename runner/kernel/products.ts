/** What make leaves in a build folder that counts, and which of it make wrote again. */

import { readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { BootFile } from './boot-format.ts';

/** Size and time of each file that an artefact is made of, by path below the build folder. Nothing but make writes there. */
export type Products = Readonly<Record<string, string>>;

/** Throws when one is missing. */
export async function productsOf(output: string, boot: BootFile): Promise<Products> {
	const names = ['vmlinux', '.config', ...(boot === 'bzImage' ? [bzImage] : []), ...(await builtModules(output))];
	const entries = names.map(async (name) => {
		const { size, mtimeNs } = await stat(join(output, name), { bigint: true });
		return [name, `${size} ${mtimeNs}`] as const;
	});
	return Object.fromEntries(await Promise.all(entries));
}

export const bzImage = 'arch/x86/boot/bzImage';

/** The .ko files of a build, below its folder, from modules.order, which lists them as .ko (up to 6.1) or .o (since 6.2). */
export async function builtModules(output: string): Promise<string[]> {
	const order = await readFile(join(output, 'modules.order'), 'utf8').catch(() => '');
	return order
		.split('\n')
		.filter(Boolean)
		.map((path) => relative(output, join(output, path.replace(/\.k?o$/, '.ko'))));
}

/** Paths that both have, unchanged. */
export function sameProducts(before: Products, after: Products): ReadonlySet<string> {
	return new Set(Object.keys(after).filter((name) => before[name] === after[name]));
}
