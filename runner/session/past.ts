/** What a resumed run has of its cases: those that are done, and the attempts that the others go on from. Pure. */

import type { Attempt, CaseResult, Run } from '../model/run.ts';
import { nextAttempt } from '../suite/settle.ts';
import type { Job } from './plan.ts';

export interface Past {
	/** Names of cases that need no second look, by job. */
	readonly done: ReadonlyMap<string, ReadonlySet<string>>;
	/** Attempts of a case that ended and count. */
	readonly earlier: (job: string, name: string) => readonly Attempt[];
}

/** An ERROR and a MISS begin anew; what lacks attempts that it is to have gets them. */
export function pastOf(run: Pick<Run, 'jobs'>, jobs: readonly Job[], reruns: number): Past {
	const isDone = (id: string, { attempts }: CaseResult) => {
		const wanted = { repeat: 1, ...jobs.find((job) => job.id === id), reruns };
		return attempts.length === 0 || nextAttempt(attempts, wanted) === undefined;
	};
	const past = new Map(run.jobs.map(({ id, cases }) => [id, cases.filter(({ status }) => status !== 'ERROR' && status !== 'MISS')]));
	const namesOf = (cases: readonly CaseResult[]) => new Set(cases.map((result) => result.case));
	return {
		done: new Map([...past].map(([id, cases]) => [id, namesOf(cases.filter((result) => isDone(id, result)))])),
		earlier: (id, name) => past.get(id)?.find((result) => result.case === name)?.attempts ?? [],
	};
}
