/** What a resumed run has of its cases: those that are done, and the attempts that the others go on from. Pure. */

import { isDeepStrictEqual } from 'node:util';
import type { Attempt, CaseResult, KernelIdentity, Run } from '../model/run.ts';
import { nextAttempt } from '../suite/settle.ts';
import { UserError } from '../util/errors.ts';
import type { Job } from './plan.ts';

const counts = ({ status }: CaseResult) => status !== 'ERROR' && status !== 'MISS';

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
	const past = new Map(run.jobs.map(({ id, cases }) => [id, cases.filter(counts)]));
	const namesOf = (cases: readonly CaseResult[]) => new Set(cases.map((result) => result.case));
	return {
		done: new Map([...past].map(([id, cases]) => [id, namesOf(cases.filter((result) => isDone(id, result)))])),
		earlier: (id, name) => past.get(id)?.find((result) => result.case === name)?.attempts ?? [],
	};
}

/** Throws a UserError when cases of `jobs` ran that another kernel was under: a branch that moved, a tree that was edited. */
export function requireSameKernel(run: Pick<Run, 'jobs'>, jobs: readonly Pick<Job, 'id'>[], now: KernelIdentity): void {
	const ids = new Set(jobs.map(({ id }) => id));
	const then = run.jobs
		.filter(({ id, cases }) => ids.has(id) && cases.some((result) => counts(result) && result.attempts.length > 0))
		.map(({ kernel }) => kernel)
		.find((kernel) => kernel !== undefined && !isDeepStrictEqual(kernel.hashes, now.hashes));
	if (then === undefined) return;
	const moved =
		then.origin === now.origin ? `the source of ${now.spec} was changed` : `${now.spec} was ${then.origin}, and is ${now.origin}`;
	throw new UserError(`${moved} since the run began: its other cases ran on another kernel`, {
		hint: 'bring the source back, or begin another run without --resume',
	});
}
