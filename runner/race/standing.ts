/** Of a hold that was given up: where each CPU stood, and whether the ones that ran waited for the one that did not. */

import { isActor } from './point.ts';
import type { Schedule } from './schedule.ts';
import { untilOf } from './schedule.ts';

export interface Standing {
	readonly cpu: number;
	readonly task: string;
	/** `foo+0x12 [bar]` */
	readonly at: string;
	readonly isHeld: boolean;
}

/** Functions in which a CPU spins until another one does something. */
const spins =
	/^(?:(?:native_|__pv_)?queued_\w*lock_slowpath|smp_call_function\w*|csd_lock\w*|osq_lock|rwsem_\w*spin\w*|mutex_\w*spin\w*)\b/;

/** Sentences: one for each CPU, then why the step's `until` did not come, as far as that shows. */
export function describeStand(standings: readonly Standing[], index: number, schedule: Schedule): string[] {
	const lines = standings.map(({ cpu, task, at, isHeld }) => `CPU ${cpu} ${task} at ${at}${isHeld ? ' (held)' : ''}`);
	const step = schedule.play[index];
	for (const { point } of step ? untilOf(step) : []) {
		if (!('actor' in point)) continue;
		const actor = schedule.actors[point.actor];
		const running = standings.find((one) => isActor(actor, one) && !one.task.startsWith('swapper/'));
		if (!running) lines.push(`${point.actor} sleeps or has not begun: it may wait for ${step?.hold}, which is held`);
		else if (spins.test(running.at)) lines.push(`${point.actor} spins: it waits for ${step?.hold}, which is held`);
	}
	return lines;
}
