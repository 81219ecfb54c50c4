/** What has become of the known issues: which have expired or soon will, and which the runs that could show them no longer show. Pure. */

import { concerns, isToldBy, type KnownIssue } from '../config/known-issues.ts';
import type { CaseResult, Run, Status } from '../model/run.ts';

export interface IssueState {
	readonly id: string;
	readonly until: string;
	/**
	 * expired: accepts nothing any more. gone: the newest run that must show it did not. expiring: within the notice. unseen: no stored run
	 * could show it.
	 */
	readonly state: 'expired' | 'gone' | 'expiring' | 'unseen' | 'live';
	/** The newest run that shows it. */
	readonly lastSeen?: { readonly run: string; readonly release: string };
	/** The newest run that must show it. */
	readonly lastAsked?: { readonly run: string; readonly release: string };
}

export interface CheckOptions {
	/** YYYY-MM-DD. */
	readonly today: string;
	/** Days before its end that an entry is called expiring. */
	readonly noticeDays: number;
	/** How many cases a suite has: only a run of all of them must show an issue. */
	readonly caseCounts: ReadonlyMap<string, number>;
}

const answers: readonly Status[] = ['PASS', 'XFAIL', 'FAIL'];

/**
 * Whether a suite of `caseCount` cases ran so that it must have shown what it can: each case came to an answer of its own. Orders of a sweep,
 * chains and cases under a fault are none of its cases.
 */
export function ranWhole(results: readonly CaseResult[], caseCount: number): boolean {
	const plain = results.filter(({ recipe }) => recipe === undefined);
	return plain.length >= caseCount && plain.every(({ attempts }) => attempts.some(({ status }) => answers.includes(status)));
}

/** `runs` are those kept, newest first; runs with patches on top do not count, since these may be the fix. */
export function checkIssues(issues: readonly KnownIssue[], runs: Iterable<Run>, options: CheckOptions): IssueState[] {
	const states = issues.map((issue) => ({ issue, ...({} as Pick<IssueState, 'lastSeen' | 'lastAsked'>) }));
	for (const run of runs)
		for (const job of run.jobs) {
			const { release, origin } = job.kernel ?? {};
			if (release === undefined || origin?.includes(' + ')) continue;
			const hasRun = ranWhole(job.cases, options.caseCounts.get(job.suite) ?? Number.POSITIVE_INFINITY);
			const shown = new Set(
				job.cases.flatMap(({ attempts }) => attempts.flatMap(({ splats }) => splats.flatMap(({ knownIssue }) => knownIssue ?? []))),
			);
			for (const state of states) {
				if (!concerns(state.issue, release)) continue;
				if (shown.has(state.issue.id)) state.lastSeen ??= { run: run.id, release };
				if (hasRun && state.issue.suites.includes(job.suite) && isToldBy(state.issue, job.config))
					state.lastAsked ??= { run: run.id, release };
			}
		}
	return states.map(({ issue, lastSeen, lastAsked }) => ({
		id: issue.id,
		until: issue.until,
		state: stateOf(issue, lastSeen, lastAsked, options),
		...(lastSeen && { lastSeen }),
		...(lastAsked && { lastAsked }),
	}));
}

function stateOf(
	issue: KnownIssue,
	lastSeen: IssueState['lastSeen'],
	lastAsked: IssueState['lastAsked'],
	{ today, noticeDays }: CheckOptions,
): IssueState['state'] {
	if (issue.until < today) return 'expired';
	// Ids of runs sort by time.
	if (lastAsked && (lastSeen === undefined || lastSeen.run < lastAsked.run)) return 'gone';
	const days = (Date.parse(issue.until) - Date.parse(today)) / 86_400_000;
	if (days <= noticeDays) return 'expiring';
	return lastSeen ? 'live' : 'unseen';
}
