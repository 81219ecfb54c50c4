/** `crucible bisect` by the case that known bug 26 breaks. */

import type { Bisection } from '../model/bisection.ts';
import { crucible } from './crucible.ts';

/** A bug that makes every volume stale at its next mount, by its id in the catalogue. */
export const bug = '26';

/** The bisection as `--json` has it. Throws what it said when it does not end 0. */
export async function bisect(...args: string[]): Promise<{ state: Bisection; stderr: string }> {
	const { stdout, stderr, exitCode } = await crucible(['bisect', '--json', '--case', 'nfs-fsc/v42-remount', ...args]);
	if (exitCode !== 0) throw new Error(`crucible bisect exited with ${exitCode}:\n${stderr}`);
	return { state: JSON.parse(stdout) as Bisection, stderr };
}
