/** What is made of samples, and the order in which they are taken. */

/** The middle one, or the mean of the two in the middle; NaN of none. */
export function median(samples: readonly number[]): number {
	const sorted = [...samples].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
	return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/**
 * Samples of several things taken in turns, A B A B, so that what slows the host for a while slows them all. Each function takes one
 * sample and gives its value; the first round is for caches to fill, and is thrown away.
 */
export async function inTurns<Name extends string>(
	rounds: number,
	takers: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Readonly<Record<Name, readonly number[]>>> {
	const names = Object.keys(takers) as Name[];
	const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
	for (let round = 0; round <= rounds; round++)
		for (const name of names) {
			const value = await takers[name]();
			if (round > 0) samples[name].push(value);
		}
	return samples;
}

/** Seconds that `work` takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
	const began = performance.now();
	await work();
	return (performance.now() - began) / 1000;
}
