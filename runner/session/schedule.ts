/** Which case runs when: how many guests at once, the longest first, and those that must be alone at the end. Pure. */

import type { Case } from '../suite/load.ts';
import type { Job } from './plan.ts';

/** One case of one job: what a lane takes up next. */
export interface Task {
	readonly job: Job;
	readonly entry: Case;
}

export interface Schedule {
	readonly together: readonly Task[];
	/** Each runs while nothing else does. */
	readonly alone: readonly Task[];
}

/** A guest that boots or works keeps about one CPU busy under TCG; beside its memory QEMU takes some of its own. */
export function guestsAtOnce(
	jobs: number | 'auto',
	host: { readonly cpus: number; readonly availableBytes: number },
	memoryMiB: number,
): number {
	if (jobs !== 'auto') return jobs;
	const perGuest = (memoryMiB + 256) * 2 ** 20;
	return Math.max(1, Math.min(host.cpus, Math.floor(host.availableBytes / perGuest)));
}

/** As `suite/case` names them in `order`; those it does not name go last. */
export function inOrder(tasks: readonly Task[], order: readonly string[]): Task[] {
	const places = new Map(order.map((name, at) => [name, at]));
	const placeOf = ({ job, entry }: Task) => places.get(`${job.suite.name}/${entry.name}`) ?? order.length;
	return tasks.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/**
 * Orders tasks that are given in plan order. With several lanes the longest go first, so that none runs on alone at the end; those
 * whose duration (ms) nobody knows go before all. With one lane, or where no duration is to count, the plan's order stays.
 */
export function scheduleTasks(tasks: readonly Task[], lanes: number, durationOf: (task: Task) => number | undefined): Schedule {
	const rank = (task: Task) => durationOf(task) ?? Number.POSITIVE_INFINITY;
	const together = tasks.filter(({ entry }) => !entry.alone);
	const byLength = together
		.map((task) => ({ task, ms: rank(task) }))
		// Two of unknown length: Infinity - Infinity is NaN, which would end the sort in any order.
		.sort((a, b) => (a.ms === b.ms ? 0 : b.ms - a.ms))
		.map(({ task }) => task);
	return { together: lanes > 1 ? byLength : together, alone: tasks.filter(({ entry }) => entry.alone) };
}
