/** The cases that a command runs: those named, else those that a series touches, else the smoke suites. */

import { checkout } from '../config/paths.ts';
import type { Patch } from '../kernel/patch.ts';
import { touchedBy } from '../kernel/stage-series.ts';
import { loadSuites, type Suite, type XfstestsRequest } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import { suitesFor, tagsFor } from '../suite/touched.ts';

export interface Selection {
	readonly suites: Suite[];
	/** Why these, where nobody named them. */
	readonly why?: string;
}

/** `isBrief` keeps to the smoke cases of what a series touches. A request for tests of xfstests names them. */
export async function selectFor(
	globs: readonly string[],
	tags: readonly string[] | undefined,
	patches: readonly Patch[],
	options: { readonly isBrief?: boolean; readonly request?: XfstestsRequest | undefined } = {},
): Promise<Selection> {
	const all = await loadSuites(checkout.suites, options.request);
	if (options.request && globs.length === 0) return { suites: selectCases(all, ['xfstests'], tags ?? []) };
	if (globs.length > 0 || tags !== undefined) return { suites: selectCases(all, globs, tags ?? []) };
	const smoke = () => selectCases(all, [], ['smoke']);
	if (patches.length === 0) return { suites: smoke() };
	const paths = touchedBy(patches);
	const found = tagsFor(paths);
	const touched = suitesFor(all, found);
	const what = paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more` : paths.join(', ');
	if (touched.length === 0) return { suites: smoke(), why: `no suite is about ${what}: the smoke suites run` };
	const brief = options.isBrief ? smoke().filter((suite) => touched.some(({ name }) => name === suite.name)) : [];
	const suites = brief.length > 0 ? brief : options.isBrief ? smoke() : touched;
	const about = found === undefined ? 'concerns every suite' : `concerns ${found.join(', ')}`;
	return { suites, why: `${what} ${about}: ${suites.map(({ name }) => name).join(', ')} run${suites.length === 1 ? 's' : ''}` };
}
