/** Finds the objects that symbolise a log, in a kernel build folder. */

import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { KernelObjects } from '../parse/symbolize.ts';
import { UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';

/** vmlinux and every .ko below `dir`, by module name. */
export async function objectsIn(dir: string): Promise<KernelObjects> {
	const vmlinux = join(dir, 'vmlinux');
	if (!(await exists(vmlinux))) throw new UserError(`${dir} has no vmlinux`, { hint: 'name the folder that make wrote to (O=)' });
	const files = (await readdir(dir, { recursive: true })).filter((path) => path.endsWith('.ko'));
	return { vmlinux, modules: new Map(files.map((path) => [basename(path, '.ko').replaceAll('-', '_'), join(dir, path)])) };
}
