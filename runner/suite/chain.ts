/** Several cases that run in one guest as one: what they said and saw together. Pure. */

import type { Attempt, Status } from '../model/run.ts';

/** An attempt of one case of a chain. */
export interface Linked {
	readonly case: string;
	readonly attempt: Attempt;
}

/** The worst first. */
const order: readonly Status[] = ['FAIL', 'ERROR', 'MISS', 'INCONCLUSIVE', 'XFAIL', 'PASS', 'SKIP'];

/** What circumstances a case of a chain is in: those before it in its guest, and the fault. */
export function strainOf(before: readonly string[], under: string | undefined): string | undefined {
	const parts = [
		...(before.length > 0 ? [`after ${before.join(', ')} in one guest`] : []),
		...(under === undefined ? [] : [`under ${under}`]),
	];
	return parts.length > 0 ? parts.join(', ') : undefined;
}

/** Whether the guest can take another case: its kernel is sound, the case is over, and nothing is left in it. */
export function goesOn({ status, leftOvers, isUnsettled }: Pick<Attempt, 'status' | 'leftOvers' | 'isUnsettled'>): boolean {
	return status !== 'FAIL' && status !== 'ERROR' && status !== 'MISS' && leftOvers.length === 0 && !isUnsettled;
}

/** `planned` is how many cases the chain has. A chain that stopped early says so. */
export function joinLinks(links: readonly Linked[], planned: number, dir: string): Attempt {
	const worst = order.flatMap((status) => links.filter(({ attempt }) => attempt.status === status))[0];
	if (!worst) throw new Error('a chain has a case');
	const { status } = worst.attempt;
	const why = worst.attempt.reason === undefined ? [] : [`${worst.case}: ${worst.attempt.reason}`];
	const isShort = links.length < planned;
	const reason = [...why, ...(isShort ? [`${planned - links.length} of ${planned} never ran`] : [])].join('; ');
	const named = <T>(pick: (attempt: Attempt) => readonly T[], change: (name: string, one: T) => T) =>
		links.flatMap(({ case: name, attempt }) => pick(attempt).map((one) => change(name, one)));
	const tail = links.at(-1)?.attempt.consoleTail;
	const races = links.flatMap(({ attempt }) => attempt.race ?? []);
	return {
		// Cut off without a failure: what it was to show was not tried.
		status: isShort && (status === 'PASS' || status === 'XFAIL' || status === 'SKIP') ? 'INCONCLUSIVE' : status,
		...(reason !== '' && { reason }),
		durationMs: links.reduce((sum, { attempt }) => sum + attempt.durationMs, 0),
		assertions: named(
			({ assertions }) => assertions,
			(name, one) => ({ ...one, name: `${name} > ${one.name}` }),
		),
		evidence: named(
			({ evidence }) => evidence,
			(name, one) => ({ ...one, claim: `${name}: ${one.claim}` }),
		),
		splats: links.flatMap(({ attempt }) => attempt.splats),
		leftOvers: named(
			({ leftOvers }) => leftOvers,
			(name, one) => `${one}, of ${name}`,
		),
		counters: {},
		measured: Object.fromEntries(
			links.flatMap(({ case: name, attempt }) => Object.entries(attempt.measured).map(([key, value]) => [`${name} ${key}`, value])),
		),
		links: links.map(({ case: name, attempt }) => ({
			case: name,
			status: attempt.status,
			...(attempt.reason !== undefined && { reason: attempt.reason }),
			splats: attempt.splats
				.filter(({ isFailure, knownIssue }) => isFailure && knownIssue === undefined)
				.map(({ fingerprint }) => fingerprint),
		})),
		...(races.at(-1) && { race: races.at(-1) }),
		...(tail && { consoleTail: tail }),
		dir,
	};
}
