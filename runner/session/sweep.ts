/** `--sweep`: each case with a race becomes one case for each order, every one played in a guest of its own. */

import type { JobResult } from '../model/run.ts';
import type { KernelObjects } from '../parse/symbolize.ts';
import { type Call, listCalls } from '../race/calls.ts';
import { type Moved, ordersOf, stepOf } from '../race/sweep.ts';
import type { Case, Suite } from '../suite/load.ts';
import { UserError } from '../util/errors.ts';
import { count } from '../util/text.ts';
import type { Job } from './plan.ts';

/** Throws a UserError where a case has no race, or none with such a hold. */
export function checkSweep(suites: readonly Suite[], sweep: readonly Moved[]): void {
	for (const suite of suites) for (const entry of suite.cases) stepsOf(`${suite.name}/${entry.name}`, entry, sweep);
}

/** The job with the orders in place of its cases. Throws a UserError for a function that the kernel does not have. */
export async function sweepJob(job: Job, sweep: readonly Moved[], objects: KernelObjects, signal: AbortSignal): Promise<Job> {
	const calls: Call[][] = [];
	for (const moved of sweep) calls.push(await callsOf(moved, objects, signal));
	const cases = job.suite.cases.flatMap((entry) => {
		const { race, steps } = stepsOf(`${job.suite.name}/${entry.name}`, entry, sweep);
		const moved = steps.map((step, index) => ({ step, calls: calls[index] ?? [] }));
		return ordersOf(race, moved).map(
			(order): Case => ({
				...entry,
				name: `${entry.name}@${order.sweep.replace(/[a-z0-9_-]+@(?:\w+:)?/g, '')}`,
				summary: order.summary,
				race: order.schedule,
				orderOf: { name: entry.name, sweep: order.sweep },
			}),
		);
	});
	return { ...job, suite: { ...job.suite, cases } };
}

/** What a sweep came to, as a sentence. */
export function tellSweep({ suite, kernelSpec, cases }: JobResult): string {
	const of = (...wanted: string[]) => cases.filter(({ status }) => wanted.includes(status));
	const broken = of('FAIL').map((result) => `${result.case} (${result.reason ?? ''})`);
	return [
		`sweep of ${suite} on ${kernelSpec}: ${count(cases.length, 'order')}, ${of('PASS', 'XFAIL').length} played, ${of('SKIP').length} do not come about`,
		broken.length === 0 ? 'none breaks' : `${count(broken.length, 'order')} broke: ${broken.join('; ')}`,
	].join('; ');
}

function stepsOf(path: string, entry: Case, sweep: readonly Moved[]): { race: NonNullable<Case['race']>; steps: number[] } {
	const { race } = entry;
	if (!race) throw new UserError(`${path} has no race to sweep`, { hint: './crucible list --tag race' });
	const steps = sweep.map((moved) => {
		const step = stepOf(race, moved);
		if (typeof step === 'string') throw new UserError(`${path}: ${step}`);
		return step;
	});
	if (new Set(steps).size < steps.length) throw new UserError(`${path}: one hold cannot be in two places`);
	return { race, steps };
}

async function callsOf({ place, text }: Moved, objects: KernelObjects, signal: AbortSignal): Promise<Call[]> {
	const name = place.module === undefined ? place.function : `${place.module}:${place.function}`;
	if (place.offset === 0) return listCalls(name, objects, { signal });
	const all = await listCalls(name, objects, { accesses: true, signal });
	const found = all.filter((call) => call.place.endsWith(`+0x${place.offset.toString(16)}`));
	if (found.length === 0) throw new UserError(`${text}: there is no call in ${place.function}`);
	return found;
}
