/** Delta debugging: the fewest items that still show something. Pure but for the question it asks. */

/**
 * Leaves out items for as long as `shows` says yes to the rest; the result is 1-minimal: without any one of its items it shows nothing.
 * `items` itself is taken to show. The order stays. Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
 */
export async function ddmin<T>(items: readonly T[], shows: (items: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
	let left = items;
	for (let parts = Math.min(2, left.length); left.length > 1; ) {
		const found = await firstThat(candidates(left, parts), shows);
		if (found) {
			const isPart = found.length <= Math.ceil(left.length / parts);
			left = found;
			parts = isPart ? Math.min(2, left.length) : Math.min(left.length, Math.max(2, parts - 1));
		} else if (parts < left.length) parts = Math.min(left.length, parts * 2);
		else return left;
	}
	return left;
}

/** Each part alone, then everything but each; with two parts these are the same. */
function candidates<T>(items: readonly T[], parts: number): T[][] {
	const cut = (part: number) => Math.floor((part * items.length) / parts);
	const spans = Array.from({ length: parts }, (_, part) => ({ from: cut(part), to: cut(part + 1) }));
	const alone = spans.map(({ from, to }) => items.slice(from, to));
	return parts === 2 ? alone : [...alone, ...spans.map(({ from, to }) => [...items.slice(0, from), ...items.slice(to)])];
}

async function firstThat<T>(lists: readonly (readonly T[])[], shows: (items: readonly T[]) => Promise<boolean>) {
	for (const list of lists) if (await shows(list)) return list;
	return undefined;
}
