/** A hold moved over every call of a function, and two holds over every pair of calls of two functions: one schedule for each order. Pure. */

import type { Call } from './calls.ts';
import { type Place, parsePoint } from './point.ts';
import type { Schedule, Sentence, Step } from './schedule.ts';

/** A hold that is to be moved, as `--sweep` names it: `[ACTOR@][MODULE:]FUNCTION[+OFFSET]`; with an offset, to that place only. */
export interface Moved {
	readonly text: string;
	/** Whose hold; the one whose hold is at that function when left out. */
	readonly actor?: string;
	readonly place: Place;
}

export interface Order {
	/** What `--sweep` plays this order alone with. */
	readonly sweep: string;
	/** `daemon before it calls fscache_withdraw_volume` */
	readonly summary: string;
	readonly schedule: Schedule;
}

/** More than two holds have more orders than anybody waits for. */
const mostHolds = 2;
/** Seconds: orders that cannot happen are many, and each costs this long. */
const orderDeadline = 4;

/** Reads the value of `--sweep`; a string is what is wrong with it. */
export function parseSweep(value: string): Moved[] | string {
	const parts = value.split(',').map((part) => part.trim());
	if (parts.length > mostHolds) return `"${value}": a sweep is over one function or the pairs of two`;
	const moved: Moved[] = [];
	for (const text of parts) {
		const [, actor, rest = ''] = /^(?:([a-z][a-z0-9_-]*)@)?(.+)$/.exec(text) ?? [];
		const point = parsePoint(`anyone reaches ${rest}`);
		if (typeof point === 'string' || point.kind !== 'reach' || point.nth > 1 || point.where.length > 0 || point.place.otherwise)
			return `"${text}" is not [ACTOR@][MODULE:]FUNCTION[+OFFSET]`;
		moved.push({ text, ...(actor !== undefined && { actor }), place: point.place });
	}
	return moved;
}

/** The step whose hold is meant; a string says why there is none. */
export function stepOf(schedule: Schedule, moved: Moved): number | string {
	const holds = schedule.play.flatMap((step, index) => (isMovable(step) ? [{ step, index, ...pointOf(step) }] : []));
	const fits = holds.filter(({ actor, name }) => (moved.actor === undefined ? name === moved.place.function : actor === moved.actor));
	const [only] = fits;
	if (only && fits.length === 1) return only.index;
	const list = holds.map(({ actor, name }) => `${actor} at ${name}`).join(', ') || 'none';
	return `${fits.length === 0 ? 'no hold' : 'more than one hold'} of this race fits ${moved.text}; its holds that can be moved: ${list}; write ACTOR@FUNCTION to say whose is meant`;
}

/** What `--sweep` names each hold of a schedule with that can be moved; a function that only some kernels have is left out. */
export function movableHolds(schedule: Schedule): string[] {
	return schedule.play.flatMap((step) => {
		const { point } = step.when;
		if (!isMovable(step) || point.kind !== 'reach' || point.place.otherwise) return [];
		const { module, function: name } = point.place;
		const text = `${point.actor}@${module === undefined ? '' : `${module}:`}${name}`;
		const moved = parseSweep(text);
		return typeof moved !== 'string' && moved[0] && typeof stepOf(schedule, moved[0]) === 'number' ? [text] : [];
	});
}

/** All orders: `calls` are those of each moved hold, of the same order as `moved`. */
export function ordersOf(schedule: Schedule, moved: readonly { readonly step: number; readonly calls: readonly Call[] }[]): Order[] {
	let orders: Order[] = [{ sweep: '', summary: '', schedule }];
	for (const { step, calls } of moved)
		orders = orders.flatMap((order) =>
			calls.map(({ place, callee }) => {
				const original = schedule.play[step];
				const actor = original ? pointOf(original).actor : '';
				const join = (a: string, separator: string, b: string) => (a === '' ? b : `${a}${separator}${b}`);
				return {
					sweep: join(order.sweep, ',', `${actor}@${place}`),
					summary: join(order.summary, ', ', `${actor} before it calls ${callee}`),
					schedule: moveHold(order.schedule, step, sentence(`${actor} reaches ${place}`)),
				};
			}),
		);
	return orders;
}

/** The step comes at another point, and so do the sentences of other steps that meant the old one. */
function moveHold(schedule: Schedule, index: number, to: Sentence): Schedule {
	const from = schedule.play[index]?.when.text;
	const change = (one: Sentence) => (one.text === from ? to : one);
	return {
		...schedule,
		play: schedule.play.map((step) => ({
			...step,
			when: change(step.when),
			...(step.until && { until: Array.isArray(step.until) ? step.until.map(change) : change(step.until) }),
			...(step.after && { after: change(step.after) }),
			deadline: Math.min(step.deadline ?? schedule.deadline, orderDeadline),
		})),
	};
}

function isMovable(step: Step): boolean {
	return step.hold !== undefined && step.when.point.kind === 'reach' && step.when.point.actor === step.hold;
}

function pointOf({ when: { point } }: Step): { readonly actor: string; readonly name: string } {
	return point.kind === 'reach' ? { actor: point.actor, name: point.place.function } : { actor: '', name: '' };
}

function sentence(text: string): Sentence {
	const point = parsePoint(text);
	if (typeof point === 'string') throw new Error(point);
	return { text, point };
}
