/** What images/<name>/image.yaml may say. */

import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../config/yaml.ts';
import { UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';

const guestPath = z.string().regex(/^(?:\/(?!\.\.?(?:\/|$))[^/\0]+)+$/, 'must be an absolute path without . and ..');
const ownFile = z.string().regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$)).+$/, "must be a file in the image's folder");
const packageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'must be the name of a Debian package');

export const recipeSchema = z.strictObject({
	/** One sentence for `crucible list` and readers. */
	summary: z.string().min(1),
	/** What becomes PID 1: a path in the guest, such as that of one of our programs. */
	init: guestPath,
	/** Debian packages to take files from. */
	packages: z.array(packageName).default([]),
	/** Programs to take, from the packages or else from this machine; their libraries come along. */
	binaries: z.array(guestPath).default([]),
	/** Libraries that programs open by name at run time. */
	libraries: z.array(z.string().regex(/^[^/\s]+\.so(?:\.\d+)*$/, 'must be like libgcc_s.so.1')).default([]),
	/** Our own C programs for /crucible/bin, compiled static: name -> source file or files. */
	programs: z.record(z.string().regex(/^[\w-]+$/, 'must be a plain name'), z.union([ownFile, z.array(ownFile).min(1)])).default({}),
	/** Where busybox comes from; each of its applets becomes a link unless a binary has its name. */
	busybox: guestPath.optional(),
	/** Text files: guest path -> content. */
	files: z.record(guestPath, z.string()).default({}),
	/** Symbolic links: guest path -> target. */
	links: z.record(guestPath, z.string().min(1)).default({}),
	/** Empty folders: guest path -> mode in octal. */
	directories: z.record(guestPath, z.string().regex(/^[0-7]{3,4}$/, 'must be a mode like "0755", in quotes')).default({}),
});

export type Recipe = z.output<typeof recipeSchema>;

/** Reads the recipe of the image in `folder`; mistakes are UserErrors with file, line and column. */
export async function readRecipe(folder: string): Promise<Recipe> {
	const file = join(folder, 'image.yaml');
	const recipe = await readYaml(recipeSchema, file);
	for (const source of Object.values(recipe.programs).flat())
		if (!(await exists(join(folder, source)))) throw new UserError(`there is no ${source} in the image's folder`, { at: { file } });
	return recipe;
}
