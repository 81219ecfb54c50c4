/** The points of a schedule: moments in the guest, written as a sentence. */

export type Point =
	/** A task of the actor is about to execute the first instruction of a function, or the one at `offset`. */
	| { readonly kind: 'reach'; readonly actor: string; readonly place: Place; readonly nth: number; readonly where: readonly ArgumentTest[] }
	/** A call of the function by the actor has returned. */
	| { readonly kind: 'leave'; readonly actor: string; readonly place: Place; readonly nth: number; readonly where: readonly ArgumentTest[] }
	/** A program wrote this line to /sys/kernel/tracing/trace_marker; it goes on when the schedule has taken note. */
	| { readonly kind: 'mark'; readonly text: string }
	/** The console showed a line with this text. */
	| { readonly kind: 'console'; readonly text: string }
	/** Host time since the hold began, or since the schedule began for a `when`. */
	| { readonly kind: 'time'; readonly ms: number };

export interface Place {
	readonly module?: string;
	readonly function: string;
	/** Names for kernels without the one before: the first that is there is meant. */
	readonly otherwise?: readonly string[];
	/** Bytes behind the function's first. */
	readonly offset: number;
}

/** The n-th integer argument at the function's entry, from 1, unsigned. */
export interface ArgumentTest {
	readonly argument: number;
	readonly value: bigint;
	readonly isEqual: boolean;
}

/** Who may be meant by a point: the task on a vCPU, at a function. */
export interface Sighting {
	readonly cpu: number;
	readonly task: string;
	readonly args: readonly bigint[];
}

export interface Actor {
	/** The CPU it is pinned to. */
	readonly cpu?: number | undefined;
	/** Its comm; `*` stands for anything. */
	readonly task?: string | undefined;
}

/** Stands for whoever comes. */
export const anyone = 'anyone';

// "daemon reaches cachefiles:cachefiles_withdraw_volume+0x1c where arg2 == 0x10, 2nd time", "writer leaves cachefiles_issue_write|cachefiles_write"
const atFunction =
	/^([a-z][a-z0-9_-]*) (reaches|leaves) (?:([a-z0-9_]+):)?([A-Za-z_][\w.]*)((?:\|[A-Za-z_][\w.]*)*)(?:\+(0x[0-9a-f]+|\d+))?(?: where (.+?))?(?:, (\d+)(?:st|nd|rd|th) time)?$/i;
// "daemon passes cachefiles_ref", a tracepoint
const atTracepoint = /^([a-z][a-z0-9_-]*) passes ([a-z_][a-z0-9_]*)(?: where (.+?))?(?:, (\d+)(?:st|nd|rd|th) time)?$/;
// "arg2 == 0x10"
const test = /^arg([1-6]) (==|!=) (0x[0-9a-f]+|\d+)$/i;
// "after 500 ms", "after 2 s"
const time = /^after (\d+(?:\.\d+)?) ?(ms|s)$/;

export const forms =
	'write `ACTOR reaches FUNCTION[|FUNCTION...][+OFFSET]`, `ACTOR leaves FUNCTION`, `ACTOR passes TRACEPOINT`, `mark TEXT`, `console TEXT` or `after N ms`';

/** The point, or a sentence that says why the text is none. */
export function parsePoint(text: string): Point | string {
	const [, mark] = /^mark (\S.*)$/.exec(text) ?? [];
	if (mark !== undefined) return { kind: 'mark', text: mark };
	const [, said] = /^console (\S.*)$/.exec(text) ?? [];
	if (said !== undefined) return { kind: 'console', text: said };
	const [, amount, unit] = time.exec(text) ?? [];
	if (amount !== undefined) return { kind: 'time', ms: Number(amount) * (unit === 's' ? 1000 : 1) };

	const traced = atTracepoint.exec(text);
	// Tracing calls __traceiter_<name> where a tracepoint is on (include/linux/tracepoint.h, since 5.10).
	const [, actor, verb, module, name, others = '', offset, conditions, nth] = traced
		? [text, traced[1], 'reaches', undefined, `__traceiter_${traced[2]}`, undefined, undefined, traced[3], traced[4]]
		: (atFunction.exec(text) ?? []);
	if (actor === undefined || name === undefined) return `not a point: "${text}"; ${forms}`;
	const where: ArgumentTest[] = [];
	for (const condition of conditions?.split(/ and /) ?? []) {
		const [, argument, operator, value = ''] = test.exec(condition.trim()) ?? [];
		if (argument === undefined) return `not a condition: "${condition}"; write \`argN == NUMBER\` or \`argN != NUMBER\`, N from 1 to 6`;
		where.push({ argument: Number(argument), value: BigInt(value), isEqual: operator === '==' });
	}
	if (verb === 'leaves' && offset !== undefined) return `"${text}": a function is left as a whole; take the offset away`;
	if (others !== '' && offset !== undefined) return `"${text}": an offset is of one function`;
	if (Number(nth ?? 1) < 1) return `"${text}": times count from the 1st`;
	return {
		kind: verb === 'leaves' ? 'leave' : 'reach',
		actor,
		place: {
			...(module !== undefined && { module }),
			function: name,
			...(others !== '' && { otherwise: others.slice(1).split('|') }),
			offset: Number(offset ?? 0),
		},
		nth: Number(nth ?? 1),
		where,
	};
}

/** Whether this task may be that actor; an actor nobody declared is anyone. */
export function isActor(actor: Actor | undefined, seen: Pick<Sighting, 'cpu' | 'task'>): boolean {
	if (actor?.cpu !== undefined && actor.cpu !== seen.cpu) return false;
	return actor?.task === undefined || globOf(actor.task).test(seen.task);
}

/** Whether the arguments are as the point wants them. */
export function holdsFor(where: readonly ArgumentTest[], args: readonly bigint[]): boolean {
	return where.every(({ argument, value, isEqual }) => (args[argument - 1] === value) === isEqual);
}

function globOf(glob: string): RegExp {
	return new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
}
