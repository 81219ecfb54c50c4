/** A soak: rounds until the time is up, each new failure reduced before the next; every step leaves a state to go on from. */

import type { Finding, Round, RoundPlan, Soak, SoakEntry, Tries } from '../model/soak.ts';
import { InfraError, KernelError } from '../util/errors.ts';
import type { Sighting } from './sightings.ts';
import { nextToReduce, withSightings } from './soak-findings.ts';
import { roundsToRemove } from './soak-keep.ts';
import { isSame, reduceEntry } from './soak-reduce.ts';

/** What a round came to, as far as it ran. */
export interface RanRound extends Pick<Round, 'durationMs' | 'counts' | 'bytes' | 'problem'> {
	readonly sightings: readonly Sighting[];
	/** Why no case of it could run at all: the kernel does not build or boot. */
	readonly untestable?: string | undefined;
}

/** What tries came to. */
export interface Tried {
	readonly durationMs: number;
	readonly bytes: number;
	/** What each try showed, keys of sightings; those that broke on our side are left out. */
	readonly shown: readonly (readonly string[])[];
}

/** Where a soak acts; tests simulate it. Times end when they are up, and what did not run by then did not. */
export interface SoakWorld {
	readonly plan: (number: number) => RoundPlan;
	readonly newRun: () => string;
	/** Runs a round, or goes on with one that was cut off. */
	readonly runRound: (plan: RoundPlan, run: string, leftMs: number) => Promise<RanRound>;
	readonly tryEntry: (
		entry: SoakEntry,
		how: Pick<Finding, 'kernelSpec'> & { readonly seed: number; readonly times: number; readonly run: string; readonly leftMs: number },
	) => Promise<Tried>;
	/** Milliseconds that a run which was cut off had run. */
	readonly spentMs: (run: string) => Promise<number>;
	/** Removes a run's directory. */
	readonly remove: (run: string) => Promise<void>;
	/** Removes those that a kill left and nobody knows. */
	readonly keepOnly: (runs: readonly string[]) => Promise<void>;
	/** Keeps the state, whole. */
	readonly save: (state: Soak) => Promise<void>;
	/** Aborted: begin nothing new. */
	readonly drain: AbortSignal;
}

/** So many rounds in which no case ran are no accident. */
const mostIdle = 5;

/** So often may all tries of a reduction break: then it is the failure that breaks them, or a host that is of no use for it. */
const mostUntold = 3;

/** Thrown inside a reduction when nothing more of it may begin; it goes on from its tries. */
class NoMore extends Error {
	override readonly name = 'NoMore';
}

/** Every run directory that a state speaks of. */
function runsOf({ rounds, findings, step }: Soak): string[] {
	const evidence = findings.flatMap((finding) => finding.evidence?.run ?? []);
	return [...rounds.filter(({ isRemoved }) => !isRemoved).map(({ run }) => run), ...evidence, ...(step ? [step.run] : [])];
}

/**
 * Goes on from `begun` until its time is up, until it is told to drain, or, with something found, until nothing runs any more. What is thrown
 * ends it, and the state stays.
 */
export async function soak(begun: Soak, world: SoakWorld): Promise<Soak> {
	let state = begun;
	const save = async (changed: Partial<Soak>) => {
		state = { ...state, ...changed };
		await world.save(state);
	};
	const leftMs = () => state.forMs - state.ranMs;
	const isOver = () => world.drain.aborted || leftMs() <= 0;
	let isStuck = false;

	const round = async () => {
		const cut = state.step?.type === 'round' ? state.step : undefined;
		const number = (state.rounds.at(-1)?.number ?? 0) + 1;
		const run = cut?.run ?? world.newRun();
		const left = leftMs() - (cut ? await world.spentMs(run) : 0);
		await save({ step: { type: 'round', number, run } });
		const plan = world.plan(number);
		const { sightings, untestable, problem, ...ran } = await world.runRound(plan, run, left);
		const { kind, kernelSpec, seed } = plan;
		const ended: Round = { number, kind, kernelSpec, seed, run, ...ran, ...(problem !== undefined && { problem }) };
		const findings = withSightings(state.findings, sightings, { ...ended, atMs: state.ranMs });
		await save({ rounds: [...state.rounds, ended], findings, ranMs: state.ranMs + ran.durationMs, step: undefined });
		const last = state.rounds.slice(-mostIdle);
		const isIdle = last.length === mostIdle && last.every(({ counts }) => Object.keys(counts).length === 0);
		isStuck = isIdle && !isOver();
		if (isStuck && findings.length === 0) {
			const why = `no case ran in ${mostIdle} rounds: ${untestable ?? problem ?? 'each was cut off'}`;
			throw untestable === undefined ? new InfraError(why) : new KernelError('boot', why, []);
		}
		for (const old of roundsToRemove(state)) {
			await world.remove(state.rounds.find((one) => one.number === old)?.run ?? '');
			await save({ rounds: state.rounds.map((one) => (one.number === old ? { ...one, isRemoved: true } : one)) });
		}
	};

	const reduce = async ({ key }: Finding) => {
		const now = () => {
			const finding = state.findings.find((one) => one.key === key);
			if (!finding) throw new Error(`nothing is known of ${key}`);
			return finding;
		};
		const change = (changed: Partial<Finding>, more: Partial<Soak> = {}) =>
			save({ ...more, findings: state.findings.map((one) => (one.key === key ? { ...one, ...changed } : one)) });
		const ask = async (entry: SoakEntry, times: number): Promise<Tries> => {
			const earlier = now().tries.find((one) => isSame(one.entry, entry)) ?? { entry, shown: 0, tried: 0 };
			if (earlier.tried >= times) return earlier;
			if (isOver()) throw new NoMore();
			const { kernelSpec, first, evidence } = now();
			const run = world.newRun();
			await save({ step: { type: 'tries', key, run } });
			const wanted = { kernelSpec, seed: first.seed, times: times - earlier.tried, run, leftMs: leftMs() };
			const tried = await world.tryEntry(entry, wanted);
			const shown = tried.shown.filter((keys) => keys.includes(key)).length;
			const spent = { step: undefined, ranMs: state.ranMs + tried.durationMs };
			const counted = { entry, shown: earlier.shown + shown, tried: earlier.tried + tried.shown.length };
			const tries = [...now().tries.filter((one) => !isSame(one.entry, entry)), counted];
			await change({ tries, ...(shown > 0 && { evidence: { run, bytes: tried.bytes } }) }, spent);
			const spare = shown > 0 ? evidence?.run : run;
			if (spare !== undefined) await world.remove(spare);
			if (counted.tried < times && isOver()) throw new NoMore();
			if (tried.shown.length > 0) return counted;
			const untold = (now().untold ?? 0) + 1;
			await change({ untold, ...(untold >= mostUntold && { unreduced: 'its tries broke' }) });
			if (untold >= mostUntold) throw new NoMore();
			return ask(entry, times);
		};
		try {
			await change({ reduced: await reduceEntry(now(), ask) });
		} catch (error) {
			if (!(error instanceof NoMore)) throw error;
		}
	};

	await save({});
	// A try that was cut off is made again; nothing of it counts.
	if (state.step?.type === 'tries') await save({ step: undefined });
	await world.keepOnly(runsOf(state));
	while (!isOver() && !isStuck) {
		const open = state.step ? undefined : nextToReduce(state);
		await (open ? reduce(open) : round());
	}
	if (!world.drain.aborted && !isStuck) await save({ ended: new Date().toISOString() });
	return state;
}
