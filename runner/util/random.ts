/** Numbers that look random and are the same for the same seed. */

/** From 0 to below 1; mulberry32, whose state is 32 bits of the seed. */
export type Random = () => number;

export function randomFrom(seed: number): Random {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** A whole number from `least` to `most`. */
export function between(random: Random, least: number, most: number): number {
	return least + Math.floor(random() * (most - least + 1));
}

/** One of them; undefined when there is none. */
export function pick<T>(random: Random, items: readonly T[]): T | undefined {
	return items[Math.floor(random() * items.length)];
}

/** All of them in another order (Fisher and Yates). */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
	const left = [...items];
	const out: T[] = [];
	while (left.length > 0) out.push(...left.splice(Math.floor(random() * left.length), 1));
	return out;
}
