/** `crucible bisect`, and a known bug to find by it. */

import type { Bisection } from '../model/bisection.ts';
import { crucible } from './crucible.ts';

/** A bug that makes every volume stale at its next mount, by its id in the catalogue. */
export const bug = '26';

/** The case that it breaks. */
export const brokenCase = 'nfs-fsc/v42-remount';

/** The bisection as `--json` has it. Throws what it said when it does not end 0. */
export async function bisect(theCase: string, ...args: string[]): Promise<{ state: Bisection; stderr: string }> {
	const { stdout, stderr, exitCode } = await crucible(['bisect', '--json', '--case', theCase, ...args]);
	if (exitCode !== 0) throw new Error(`crucible bisect exited with ${exitCode}:\n${stderr}`);
	return { state: JSON.parse(stdout) as Bisection, stderr };
}
