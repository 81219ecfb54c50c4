/** What a run says that the runs before it did not: which cases broke, which are fixed. */

import type { JobResult, Run, Status } from '../model/run.ts';
import { harmlessOutline, oneLine } from './harmless-run.ts';
import { columnOf } from './matrix.ts';
import { type Paint, statusColors } from './paint.ts';
import { bySeverity, isFine } from './severity.ts';
import { problemLines, problems, verdictLine } from './summary.ts';

/** The last status of each case that ran, by job and case. */
export type LastStatuses = ReadonlyMap<string, Status>;

export interface Change {
	readonly kind: 'broken' | 'fixed' | 'other';
	readonly case: string;
	readonly before: Status;
	readonly after: Status;
	readonly reason: string;
}

const kinds = ['broken', 'fixed', 'other'] as const;

/** Cases whose status is another than before, broken ones first. A case that ran in only one of the two has not changed. */
export function changesOf(last: LastStatuses, run: Run): Change[] {
	return ranOf(run)
		.flatMap(({ job, result }): Change[] => {
			const before = last.get(keyOf(job, result.case));
			const after = result.status;
			if (before === undefined || before === after) return [];
			const kind = isFine(before) === isFine(after) ? 'other' : isFine(after) ? 'fixed' : 'broken';
			const name = oneLine(`${result.suite}/${result.case} on ${columnOf(job)}`);
			return [{ kind, case: name, before, after, reason: oneLine(result.reason ?? '') }];
		})
		.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || bySeverity(a.after, b.after));
}

/** The last statuses after one more run. */
export function withRun(last: LastStatuses, run: Run): LastStatuses {
	return new Map([...last, ...ranOf(run).map(({ job, result }) => [keyOf(job, result.case), result.status] as const)]);
}

/** The end of one of many runs, in few lines: what changed, what could not be tested, the verdict, and the report's path. */
export function iterationLines(last: LastStatuses, run: Run, options: { readonly paint: Paint; readonly report: string }): string[] {
	const { paint, report } = options;
	const changes = changesOf(last, run).map(({ kind, case: name, before, after, reason }) => {
		const word = kind === 'broken' ? paint('alarm', 'broken') : kind === 'fixed' ? paint('green', 'fixed ') : paint('dim', 'now   ');
		return `${word}  ${paint('bold', name)}  ${before} -> ${paint(statusColors[after], after)}${isFine(after) ? '' : `  ${reason}`}`;
	});
	const outline = harmlessOutline(run);
	return [
		...changes,
		...problems(outline).flatMap((jobs) => problemLines(jobs, paint)),
		`${verdictLine(outline, paint)}  ${paint('dim', report)}`,
	];
}

/** `fs/cachefiles/io.c, fs/cachefiles/key.c and 3 more`. */
export function changedText(names: readonly string[], most = 4): string {
	const shown = names.slice(0, most).map(oneLine).join(', ');
	return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function ranOf(run: Run) {
	return run.jobs.flatMap((job) => job.cases.filter(({ attempts }) => attempts.length > 0).map((result) => ({ job, result })));
}

function keyOf(job: JobResult, name: string): string {
	return `${job.id}/${name}`;
}
