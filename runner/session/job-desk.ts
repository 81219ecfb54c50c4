/** Opens a job with its first case and closes it with its last, whatever order its cases come in. */

import type { Case } from '../suite/load.ts';
import type { OpenJob } from './open-job.ts';
import type { Job } from './plan.ts';
import type { Task } from './schedule.ts';

export interface JobDesk extends AsyncDisposable {
	readonly run: (task: Task) => Promise<void>;
}

/** `tasks` are all that will come; `open` is told the job's cases among them. Disposing closes what is still open. */
export function jobDesk(tasks: readonly Task[], open: (job: Job, entries: readonly Case[]) => Promise<OpenJob>): JobDesk {
	const left = new Map<string, number>();
	for (const { job } of tasks) left.set(job.id, (left.get(job.id) ?? 0) + 1);
	const jobs = new Map<string, Promise<OpenJob>>();
	const close = async (id: string) => {
		const job = await jobs.get(id)?.catch(() => undefined);
		jobs.delete(id);
		await job?.[Symbol.asyncDispose]();
	};
	return {
		async run({ job, entry }) {
			try {
				let opening = jobs.get(job.id);
				if (!opening) {
					opening = open(
						job,
						tasks.filter((task) => task.job.id === job.id).map((task) => task.entry),
					);
					jobs.set(job.id, opening);
				}
				await (await opening).run(entry);
			} finally {
				const more = (left.get(job.id) ?? 0) - 1;
				left.set(job.id, more);
				if (more === 0) await close(job.id);
			}
		},
		async [Symbol.asyncDispose]() {
			for (const id of [...jobs.keys()]) await close(id);
		},
	};
}
