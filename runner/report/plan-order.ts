/** Cases end in any order; their lines are told in the order of the plan. */

import type { PlannedJob } from '../model/event.ts';

export interface PlanOrder {
	/** The case has ended; returns the lines that may be told now. A case that nobody planned is told at once. */
	readonly ended: (job: string, name: string, line: string) => string[];
	/** No other case of the job will end. */
	readonly jobOver: (job: string) => string[];
	/** What is still held back, in order. */
	readonly rest: () => string[];
}

export function planOrder(plan: readonly PlannedJob[]): PlanOrder {
	const order = plan.flatMap(({ id, cases }) => cases.map(({ name }) => ({ job: id, key: keyOf(id, name) })));
	const places = new Map(order.map(({ key }, at) => [key, at]));
	const lines = new Map<string, string>();
	const over = new Set<string>();
	let next = 0;
	const release = () => {
		const told: string[] = [];
		for (let slot = order[next]; slot; slot = order[++next]) {
			const line = lines.get(slot.key);
			if (line === undefined && !over.has(slot.job)) break;
			if (line !== undefined) told.push(line);
			lines.delete(slot.key);
		}
		return told;
	};
	return {
		ended(job, name, line) {
			const key = keyOf(job, name);
			// A resumed run ends a case for a second time.
			if ((places.get(key) ?? -1) < next) return [line];
			lines.set(key, line);
			return release();
		},
		jobOver(job) {
			over.add(job);
			return release();
		},
		rest() {
			const told = order.slice(next).flatMap(({ key }) => lines.get(key) ?? []);
			next = order.length;
			lines.clear();
			return told;
		},
	};
}

function keyOf(job: string, name: string): string {
	return `${job}/${name}`;
}
