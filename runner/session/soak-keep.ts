/** Which rounds of a soak lose their directories, so that it keeps within its bound. Pure. */

import { bytesKept, type Soak } from '../model/soak.ts';

/** The oldest first, until the bound holds; a round that was the first to show something is evidence, and stays. */
export function roundsToRemove({ rounds, findings, keepBytes }: Pick<Soak, 'rounds' | 'findings' | 'keepBytes'>): number[] {
	const evidence = new Set(findings.map(({ first }) => first.round));
	let over = bytesKept({ rounds, findings }) - keepBytes;
	const removed: number[] = [];
	for (const { number, bytes, isRemoved } of rounds) {
		if (over <= 0) break;
		if (isRemoved || evidence.has(number)) continue;
		removed.push(number);
		over -= bytes;
	}
	return removed;
}
