/** Seeds for the attempts of a bisection, each given once: a case that depends on its seed would else vote the same way again. Pure. */

import type { Finding } from '../model/bisection.ts';

export interface FreshSeeds {
	/** The first of as many as a case can take that is to vote so often. */
	readonly take: (times: number) => number;
	/** How many are taken, those of `findings` included. */
	readonly taken: () => number;
}

/** Goes on behind the seeds that `findings` took. */
export function freshSeeds(seed: number, findings: readonly Finding[]): FreshSeeds {
	let taken = findings.reduce((sum, one) => (one.type === 'runs' ? (one.seeds ?? sum + one.failed + one.passed) : sum), 0);
	return {
		take(times) {
			const first = seed + taken;
			// One attempt may break on our side and be made again.
			taken += times + 1;
			return first;
		},
		taken: () => taken,
	};
}
