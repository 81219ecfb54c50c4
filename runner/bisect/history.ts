/** The commits a bisection looks through, and which of them each one contains. */

import type { Commit } from '../model/bisection.ts';

export interface History {
	/** The good end first, then the candidates, parents before children, the bad end last. */
	readonly commits: readonly Commit[];
	/** Whether the commit at index `at` has the change of the candidate at index `candidate`. */
	readonly contains: (at: number, candidate: number) => boolean;
}

/** `candidates` are what is reachable from the bad end and not from the good one, parents first, the bad end last. */
export function historyOf(good: Pick<Commit, 'id' | 'title'>, candidates: readonly Commit[]): History {
	const commits = [{ ...good, parents: [] }, ...candidates];
	const index = new Map(commits.map(({ id }, at) => [id, at]));
	const words = Math.ceil(commits.length / 32);
	const sets = commits.map(() => new Uint32Array(words));
	for (const [at, { parents }] of commits.entries()) {
		const own = sets[at];
		if (!own || at === 0) continue;
		own[at >> 5] = (own[at >> 5] ?? 0) | (1 << (at & 31));
		for (const parent of parents) {
			const theirs = sets[index.get(parent) ?? 0];
			if (theirs) for (let word = 0; word < words; word++) own[word] = (own[word] ?? 0) | (theirs[word] ?? 0);
		}
	}
	return { commits, contains: (at, candidate) => (((sets[at]?.[candidate >> 5] ?? 0) >>> (candidate & 31)) & 1) === 1 };
}
