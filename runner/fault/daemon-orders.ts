/** The words in which our on-demand daemon is told what to do at which state of the protocol; the daemon's own table is vocabulary.h. */

/** Where a request can stand, in the order in which it comes by. */
export const daemonStates = [
	'before-take',
	'after-take',
	'before-open',
	'after-open',
	'before-fill',
	'before-read',
	'after-read',
	'before-close',
	'after-close',
] as const;

export type DaemonState = (typeof daemonStates)[number];

const inHand = daemonStates.filter((state) => state !== 'before-take');
const answers = ['before-open', 'before-read'] as const;

/** Each action with the states in which it means something. */
export const daemonActions = {
	hold: daemonStates,
	defer: inHand,
	drop: inHand,
	kill: daemonStates,
	stop: daemonStates,
	'close-device': daemonStates,
	'close-fd': ['after-take', 'after-open', 'before-fill', 'before-read', 'after-read'],
	refuse: ['before-open'],
	twice: answers,
	foreign: answers,
	short: ['before-open', 'before-fill'],
	wrong: ['before-open', 'before-fill'],
	misplaced: ['before-fill'],
} as const satisfies Record<string, readonly DaemonState[]>;

export type DaemonAction = keyof typeof daemonActions;

export interface DaemonOrder {
	readonly state: DaemonState;
	readonly action: DaemonAction;
	/** The name of an image; requests for others do not count. */
	readonly key?: string;
	/** The how manieth request at that state is the first to be treated so; 1 when left out. */
	readonly nth?: number;
	/** How many are; 1 when left out. */
	readonly times?: number;
}

/** The order as the daemon reads it: `before-read nth=3 key=tree.erofs kill`. */
export function formatOrder({ state, action, key, nth, times }: DaemonOrder): string {
	const words = [nth !== undefined && `nth=${nth}`, times !== undefined && `times=${times}`, key !== undefined && `key=${key}`];
	return [state, ...words.filter((word) => word !== false), action].join(' ');
}

/** Reads an order; a string is what is wrong with it. */
export function parseOrder(text: string): DaemonOrder | string {
	const words = text.trim().split(/\s+/);
	const state = daemonStates.find((name) => name === words[0]);
	const action = words.at(-1) ?? '';
	if (state === undefined) return `"${words[0]}" is not a state of a request; those are ${daemonStates.join(', ')}`;
	if (!isAction(action)) return `"${action}" is not an action; those are ${Object.keys(daemonActions).join(', ')}`;
	const states: readonly DaemonState[] = daemonActions[action];
	if (!states.includes(state)) return `"${action}" means nothing at ${state}, only at ${states.join(', ')}`;
	// nth=3, times=2, key=tree.erofs
	const matches = words.slice(1, -1).map((word) => /^(?:(?<name>nth|times)=(?<count>[1-9][0-9]*)|key=(?<key>[^\s/]{1,255}))$/.exec(word));
	const bad = matches.indexOf(null);
	if (bad >= 0) return `"${words[bad + 1]}" is not nth=N, times=N or key=IMAGE`;
	const options = matches.map((match) =>
		match?.groups?.key === undefined ? { [match?.groups?.name ?? '']: Number(match?.groups?.count) } : { key: match.groups.key },
	);
	return Object.assign({ state, action }, ...options) as DaemonOrder;
}

function isAction(word: string): word is DaemonAction {
	return Object.hasOwn(daemonActions, word);
}
