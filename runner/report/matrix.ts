/** Cases against kernels: which case did what on which kernel and config. */

import type { JobResult, Run, Status } from '../model/run.ts';
import { bySeverity } from './severity.ts';

interface Cell {
	readonly job: string;
	readonly status: Status;
}

export interface Matrix {
	/** `debian:6.12 kasan`, in the order of the run's jobs. */
	readonly columns: readonly string[];
	/** One cell per column; undefined where the case was not planned. */
	readonly rows: readonly { readonly suite: string; readonly case: string; readonly cells: readonly (Cell | undefined)[] }[];
}

/** The column a job stands in. */
export function columnOf(job: Pick<JobResult, 'kernelSpec' | 'config'>): string {
	return `${job.kernelSpec} ${job.config}`;
}

/** All cases of a run, in the order of the jobs; a job that could not run lends its status to the cases it never listed. */
export function matrixOf(run: Run): Matrix {
	const columns = [...new Set(run.jobs.map(columnOf))];
	const rows = new Map<string, { suite: string; case: string; cells: (Cell | undefined)[] }>();
	for (const job of run.jobs) {
		const column = columns.indexOf(columnOf(job));
		for (const result of job.cases) {
			const key = `${job.suite}/${result.case}`;
			const row = rows.get(key) ?? { suite: job.suite, case: result.case, cells: columns.map(() => undefined) };
			rows.set(key, row);
			const before = row.cells[column];
			if (!before || bySeverity(result.status, before.status) < 0) row.cells[column] = { job: job.id, status: result.status };
		}
	}
	for (const job of run.jobs) {
		if (!job.problem) continue;
		const column = columns.indexOf(columnOf(job));
		for (const row of rows.values()) if (row.suite === job.suite) row.cells[column] ??= { job: job.id, status: job.status };
	}
	return { columns, rows: [...rows.values()] };
}
