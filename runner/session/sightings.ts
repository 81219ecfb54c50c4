/** What the failures of a run are, each under a key that tells it from all others. Pure. */

import type { Attempt, CaseResult, Link, Run, Status } from '../model/run.ts';
import type { SoakEntry } from '../model/soak.ts';

/** A failure as it was seen once. */
export interface Sighting {
	/** The fingerprint of a kernel report, or `suite/case: what failed`. */
	readonly key: string;
	readonly title: string;
	/** `suite/case` that failed. */
	readonly case: string;
	/** What ran up to it in its guest. */
	readonly entry: SoakEntry;
	/** The first report of the same attempt, where this is a further one: it may well follow from it. */
	readonly after?: string;
}

/** Everything that failed, in the order of the run; what a known issue accepts did not. */
export function sightingsOf(run: Pick<Run, 'jobs'>): Sighting[] {
	return run.jobs.flatMap(({ cases }) => cases.flatMap((result) => result.attempts.flatMap((attempt) => sightingsIn(result, attempt))));
}

/** Cases by how they ended; each case of a chain counts, what never ran does not. */
export function countsOf(run: Pick<Run, 'jobs'>): Partial<Record<Status, number>> {
	const counts: Partial<Record<Status, number>> = {};
	for (const status of run.jobs.flatMap(({ cases }) => cases.flatMap(statusesOf))) counts[status] = (counts[status] ?? 0) + 1;
	return counts;
}

/** Of a case, or of each case of a chain; none of what never ran. */
export function statusesOf({ status, attempts }: Pick<CaseResult, 'status' | 'attempts'>): Status[] {
	const links = attempts.at(-1)?.links;
	if (links) return links.map((link) => link.status);
	return attempts.length > 0 || status === 'SKIP' ? [status] : [];
}

function sightingsIn(result: CaseResult, attempt: Attempt): Sighting[] {
	const { suite, recipe = { cases: [result.case] } } = result;
	const links: readonly Link[] = attempt.links ?? [
		{
			case: recipe.cases[0] ?? result.case,
			status: attempt.status,
			...(attempt.reason !== undefined && { reason: attempt.reason }),
			splats: attempt.splats
				.filter(({ isFailure, knownIssue }) => isFailure && knownIssue === undefined)
				.map(({ fingerprint }) => fingerprint),
		},
	];
	return links.flatMap((link, at) => {
		if (link.status !== 'FAIL') return [];
		const entry = { suite, ...recipe, cases: recipe.cases.slice(0, at + 1) };
		const about = { case: `${suite}/${link.case}`, entry };
		const titles = new Map(attempt.splats.map(({ fingerprint, title }) => [fingerprint, title]));
		const reports = [...new Set(link.splats)];
		// A kernel that hangs is made to panic for its stacks: the report is ours.
		if (reports.length === 0 || /^kernel hang/.test(link.reason ?? '')) {
			const title = `${about.case}: ${plainReason(link.reason ?? 'failed')}`;
			return [{ ...about, key: title, title }];
		}
		const [first] = reports;
		return reports.map((key) => ({ ...about, key, title: titles.get(key) ?? key, ...(key !== first && { after: first }) }));
	});
}

/** A reason without what differs from time to time: how many more, for how long, which process. */
export function plainReason(reason: string): string {
	if (/^(?:kernel|test) hang: /.test(reason)) return reason.replace(/: .*/s, '');
	const first = reason.replace(/(?: \(and \d+ more\)| \(\d+\/\d+\))+$/, '');
	return first.startsWith('not ok: ') ? first : first.replace(/\b(?:0x)?(?=[0-9a-f]*\d)[0-9a-f]{2,}\b|\b\d+\b/g, 'N');
}
