/** The shortest list of cases that still shows a failure, be it only now and then. */

import type { Finding, SoakEntry, Tries } from '../model/soak.ts';
import { ddmin } from './ddmin.ts';

/** Tries an entry until it was tried `times` times in all; earlier tries count. */
export type Ask = (entry: SoakEntry, times: number) => Promise<Tries>;

/** Enough to state a rate, and twice that before something counts as gone. */
const rateTries = 5;
const goneTries = 10;
/** How likely a candidate that would show it may be to pass all its tries. */
const doubt = 0.05;
const tries = { least: 3, most: 12 } as const;

/** Leaves out cases, the fault and the moved hold for as long as it still shows; `shown` of 0: it did not come again at all. */
export async function reduceEntry({ entry }: Pick<Finding, 'entry'>, ask: Ask): Promise<Tries> {
	const first = await ask(entry, rateTries);
	const whole = first.shown > 0 ? first : await ask(entry, goneTries);
	if (whole.shown === 0) return whole;
	const times = triesFor(whole);
	const shows = async (candidate: SoakEntry | undefined) => candidate !== undefined && (await ask(candidate, times)).shown > 0;
	// What fails alone is the most common by far.
	const alone: SoakEntry = { suite: entry.suite, cases: entry.cases.slice(-1) };
	if (!isSame(alone, entry) && (await shows(alone))) return ask(alone, rateTries);
	const left = await ddmin(partsOf(entry), (parts) => shows(entryOf(entry, parts)));
	return ask(entryOf(entry, left) ?? entry, rateTries);
}

/** How many passes make it unlikely that a candidate shows it as often as was seen. */
export function triesFor({ shown, tried }: Pick<Tries, 'shown' | 'tried'>): number {
	// Rather too low: a few lucky tries must not make a candidate's short.
	const rate = shown / (tried + 2);
	return Math.min(tries.most, Math.max(tries.least, Math.ceil(Math.log(doubt) / Math.log(1 - rate))));
}

/** Equal for entries that run the same. */
export function isSame(a: SoakEntry, b: SoakEntry): boolean {
	const key = ({ suite, cases, sweep, under }: SoakEntry) => JSON.stringify([suite, cases, sweep, under]);
	return key(a) === key(b);
}

/** What can be left out: a case by its place, or `sweep`, or `under`. */
type Part = number | 'sweep' | 'under';

function partsOf({ cases, sweep, under }: SoakEntry): Part[] {
	return [...(under === undefined ? [] : ['under' as const]), ...(sweep === undefined ? [] : ['sweep' as const]), ...cases.keys()];
}

/** Undefined where no case is left. */
function entryOf({ suite, cases, sweep, under }: SoakEntry, parts: readonly Part[]): SoakEntry | undefined {
	const left = cases.filter((_, at) => parts.includes(at));
	if (left.length === 0) return undefined;
	return {
		suite,
		cases: left,
		...(sweep !== undefined && parts.includes('sweep') && { sweep }),
		...(under !== undefined && parts.includes('under') && { under }),
	};
}
