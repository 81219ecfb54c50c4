/** Entries of a plan that stand for more than a case of a suite.yaml: chains, and cases under a fault. */

import { formatBackground } from '../fault/background.ts';
import type { Fault } from '../fault/fault.ts';
import type { Recipe } from '../model/recipe.ts';
import type { Case } from '../suite/load.ts';

/** Cases of one suite, one after the other in one guest, under a fault where there is one. One plain case stays as it is. */
export function entryOf(cases: readonly Case[], under?: Fault | undefined): Case {
	const [first] = cases;
	if (!first) throw new Error('an entry of a plan has a case');
	if (cases.length === 1 && !under) return first;
	const { race, ...rest } = first;
	const name = cases.map((entry) => entry.name).join('+');
	const summary = cases.length === 1 ? first.summary : `${cases.map((entry) => entry.name).join(', then ')} in one guest`;
	return {
		...(cases.length === 1 && race ? { ...rest, race } : rest),
		name: under ? `${name}~${under.kind}` : name,
		summary: under ? `${summary}, under ${formatBackground(under)}` : summary,
		alone: cases.some(({ alone }) => alone),
		...(cases.length > 1 && { chain: cases }),
		...(under && { under }),
	};
}

/** What `crucible run` is given for it; undefined where that is its name. */
export function recipeOf({ name, chain, under, orderOf }: Case): Recipe | undefined {
	if (!chain && !under && !orderOf) return undefined;
	const single = orderOf?.name ?? (under ? name.slice(0, -`~${under.kind}`.length) : name);
	return {
		cases: chain?.map((entry) => entry.name) ?? [single],
		...(orderOf && { sweep: orderOf.sweep }),
		...(under && { under: formatBackground(under) }),
	};
}
