/** Strings that are safe to show: what every report starts from. */

import type { Run } from '../model/run.ts';
import { harmless } from '../util/text.ts';

// Bidirectional overrides reorder what a reader sees; lone surrogates and noncharacters are not valid in XML 1.0.
const confusing = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

// Most of a run is plain; one cheap look at each string is what makes ten thousand cases quick.
const unusual = /[^\t\n\u0020-\u007e]/;

function clean(value: unknown): unknown {
	if (typeof value === 'string') return unusual.test(value) ? harmless(value).replace(confusing, '') : value;
	if (Array.isArray(value)) return value.map(clean);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [clean(key), clean(inner)]));
}

/**
 * The run without escape sequences, control characters (tab and newline stay), bidirectional overrides and broken UTF-16, except in its
 * cases: those are left for `harmlessValue`, one at a time, so that a run of ten thousand is never held twice.
 */
export function harmlessOutline(run: Run): Run {
	return {
		...harmlessValue({ ...run, jobs: [] }),
		jobs: run.jobs.map((job) => ({ ...harmlessValue({ ...job, cases: [] }), cases: job.cases })),
	};
}

/** The same for a case, or any other plain value that a report shows. */
export function harmlessValue<T>(value: T): T {
	return clean(value) as T;
}

/** Guest text on one line: any white space becomes one blank. */
export function oneLine(text: string): string {
	return harmless(text.replace(/\s+/g, ' ')).replace(confusing, '').trim();
}
