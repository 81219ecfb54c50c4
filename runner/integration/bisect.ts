/** `crucible bisect`, and a known bug to find by it. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import type { Bisection } from '../model/bisection.ts';
import { crucible } from './crucible.ts';

/** A bug that makes every volume stale at its next mount, by its id in the catalogue. */
export const bug = '26';

/** The case that it breaks. */
export const brokenCase = 'nfs-fsc/v42-remount';

/** The file of a bug's patch for 6.12. */
export async function bugPatch(id: string): Promise<string> {
	const dir = join(checkout.suites, 'known-bugs/6.12');
	const name = (await readdir(dir)).find((entry) => entry.startsWith(`${id}-`));
	if (name === undefined) throw new Error(`there is no known bug ${id} for 6.12`);
	return join(dir, name);
}

/** The bisection as `--json` has it. Throws what it said when it does not end 0. */
export async function bisect(theCase: string, ...args: string[]): Promise<{ state: Bisection; stderr: string }> {
	const { stdout, stderr, exitCode } = await crucible(['bisect', '--json', '--case', theCase, ...args]);
	if (exitCode !== 0) throw new Error(`crucible bisect exited with ${exitCode}:\n${stderr}`);
	return { state: JSON.parse(stdout) as Bisection, stderr };
}
