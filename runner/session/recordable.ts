/** Whether a case can be recorded: everything that reaches its guest must be in QEMU's log. Pure. */

import type { Case, Suite } from '../suite/load.ts';

/** Why it cannot; undefined when it can. */
export function whyNotRecordable(suite: Pick<Suite, 'needs'>, entry: Pick<Case, 'scenario' | 'race'>): string | undefined {
	if (entry.race !== undefined) return 'its race holds CPUs from outside, and QEMU records one CPU that nobody holds';
	if (entry.scenario !== undefined) return 'it is a scenario: what the host does to its machine is not in the log';
	const [share] = Object.entries(suite.needs.shares);
	if (share) return `its suite has the share ${share[0]} (${share[1]}): what a guest reads of the host's files is not in the log`;
	return undefined;
}
