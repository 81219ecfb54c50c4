/** What a soak knows of its failures, after each round. Pure. */

import type { Finding, Round, Soak } from '../model/soak.ts';
import type { Sighting } from './sightings.ts';

/** When and where sightings were made. */
export interface Occasion extends Pick<Round, 'number' | 'run' | 'seed' | 'kernelSpec'> {
	readonly atMs: number;
}

/** The findings with what a round showed. */
export function withSightings(findings: readonly Finding[], sightings: readonly Sighting[], occasion: Occasion): Finding[] {
	const byKey = new Map(findings.map((finding) => [finding.key, finding]));
	for (const sighting of sightings) {
		const known = byKey.get(sighting.key);
		byKey.set(sighting.key, known ? seenAgain(known, sighting, occasion) : begun(sighting, occasion));
	}
	return [...byKey.values()];
}

/** What is to be reduced next: it stands for itself, and nobody knows its shortest list yet, or why there is none. */
export function nextToReduce({ findings }: Pick<Soak, 'findings'>): Finding | undefined {
	return findings.find(({ after, reduced, unreduced }) => after === undefined && !reduced && unreduced === undefined);
}

function begun({ key, title, case: name, entry, after }: Sighting, { number, run, seed, atMs, kernelSpec }: Occasion): Finding {
	const first = { round: number, run, seed, atMs, case: name };
	return { key, title, kernelSpec, first, times: 1, lastRound: number, entry, ...(after !== undefined && { after }), tries: [] };
}

function seenAgain(finding: Finding, { entry, after, case: name }: Sighting, occasion: Occasion): Finding {
	const seen = { ...finding, times: finding.times + 1, lastRound: occasion.number };
	if (finding.after === undefined || after !== undefined) return seen;
	// Seen without the report that it came after: from here on it stands for itself, and this is where it was seen so.
	const { after: _, ...rest } = seen;
	const { number: round, run, seed, atMs, kernelSpec } = occasion;
	return { ...rest, kernelSpec, entry, first: { round, run, seed, atMs, case: name } };
}
