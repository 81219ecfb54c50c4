/** A schedule: who the actors of a race are, and who is held where until what; the docstrings here are its reference. */

import { z } from 'zod';
import { anyone, type Point, parsePoint } from './point.ts';

const actorName = z.string().regex(/^[a-z][a-z0-9_-]*$/, 'names of actors are lower-case letters, digits, dashes and underscores');

const actor = z
	.strictObject({
		/** The CPU its tasks are pinned to (`actor` in suites/lib/race.sh does it); CPU 0 is everybody else's. */
		cpu: z.int().min(1, 'CPU 0 stays free for the rest of the system').max(15).optional(),
		/** The name of its task (comm, at most 15 characters); `*` stands for anything. */
		task: z.string().min(1).max(15, 'the kernel keeps 15 characters of a task’s name').optional(),
	})
	.refine((value) => value.cpu !== undefined || value.task !== undefined, 'an actor has a `cpu`, a `task`, or both');

/** As the user wrote it, and as it was read. */
export interface Sentence {
	readonly text: string;
	readonly point: Point;
}

const point = z.string().transform((text, context): Sentence => {
	const parsed = parsePoint(text);
	if (typeof parsed !== 'string') return { text, point: parsed };
	context.addIssue({ code: 'custom', message: parsed });
	return z.NEVER;
});

const seconds = z.number().positive().max(100);

const step = z
	.strictObject({
		/** What begins the step; each step happens once. */
		when: point,
		/** This actor's CPU stops there, and stays stopped while the others run on. */
		hold: actorName.optional(),
		/** What ends the hold: one of these. Without it, a later `release` does. */
		until: z.union([point, z.array(point).min(1)]).optional(),
		/** Ends the hold of that actor. */
		release: actorName.optional(),
		/** The guest's jiffies leap by so many seconds when the step begins: what was to come later in this time comes due at once. */
		leap: z.number().positive().max(3600).optional(),
		/** The step's points count only after this one. */
		after: point.optional(),
		/** Seconds of host time after which the hold is given up, and the case is INCONCLUSIVE. */
		deadline: seconds.optional(),
	})
	.refine((value) => value.after?.point.kind !== 'time', '`after` is a moment, not a time; `when` may be a time')
	.refine((value) => value.until === undefined || value.hold !== undefined, '`until` without `hold`: what is to end then?');

export const scheduleSchema = z
	.strictObject({
		actors: z
			.record(actorName, actor)
			.refine((actors) => !Object.hasOwn(actors, anyone), `"${anyone}" is whoever comes, and needs no entry`),
		/** For every hold that has none of its own; shorter than the guest's watchdogs (soft lockup 20 s, RCU stall 21 s by default). */
		deadline: seconds.default(8),
		play: z.array(step).min(1),
	})
	.superRefine(({ actors, play }, context) => {
		const known = Object.keys(actors);
		const check = (name: string, path: (string | number)[]) => {
			if (name === anyone || known.includes(name)) return;
			context.addIssue({ code: 'custom', message: `there is no actor "${name}"; actors: ${known.join(', ')}`, path: ['play', ...path] });
		};
		play.forEach((entry, index) => {
			for (const key of ['when', 'after'] as const) {
				const named = entry[key]?.point;
				if (named?.kind === 'reach' || named?.kind === 'leave') check(named.actor, [index, key]);
			}
			for (const until of untilOf(entry)) if ('actor' in until.point) check(until.point.actor, [index, 'until']);
			for (const key of ['hold', 'release'] as const) if (entry[key] !== undefined) check(entry[key], [index, key]);
			const { when, hold } = entry;
			const isThere = 'actor' in when.point && (when.point.actor === hold || hold === anyone);
			if (hold !== undefined && !isThere && actors[hold]?.cpu === undefined && when.point.kind !== 'mark')
				context.addIssue({
					code: 'custom',
					message: `"${hold}" has no \`cpu\`: it can be held only where itself reaches or leaves something`,
					path: ['play', index, 'hold'],
				});
		});
	});

export type Schedule = z.output<typeof scheduleSchema>;
export type Step = Schedule['play'][number];

/** What ends a step's hold. */
export function untilOf(step: Step): readonly Sentence[] {
	if (step.until === undefined) return [];
	return Array.isArray(step.until) ? step.until : [step.until];
}

/** The most seconds a CPU may be held before the guest's own watchdogs speak, by words of its command line; 20 by default. */
export function watchdogSeconds(cmdline: readonly string[]): number {
	const value = (name: string, fallback: number) => {
		const word = cmdline.findLast((one) => one.startsWith(`${name}=`));
		return word === undefined ? fallback : Number(word.slice(name.length + 1));
	};
	// A soft lockup is twice the threshold (kernel/watchdog.c). A stalled grace period is CONFIG_RCU_CPU_STALL_TIMEOUT.
	return Math.min(2 * value('watchdog_thresh', 10), value('rcupdate.rcu_cpu_stall_timeout', 21));
}
