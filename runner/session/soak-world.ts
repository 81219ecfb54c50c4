/** What a soak acts on: rounds and tries as runs here, each in a directory of its own below the soak's. */

import { setMaxListeners } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { parseBackground } from '../fault/background.ts';
import type { Patch } from '../kernel/patch.ts';
import type { Attempt, Run } from '../model/run.ts';
import type { RoundPlan, Soak, SoakEntry } from '../model/soak.ts';
import { movableHolds, parseSweep } from '../race/sweep.ts';
import type { Suite } from '../suite/load.ts';
import { messageOf, UserError } from '../util/errors.ts';
import { diskUse } from '../util/files.ts';
import { groupBy } from '../util/group.ts';
import { createEmitter } from './emitter.ts';
import { prepareHost } from './host.ts';
import { planJobs } from './plan.ts';
import { entryOf } from './recipe.ts';
import { executeRun, type RunControl, type RunRequest } from './run.ts';
import { countsOf, sightingsOf } from './sightings.ts';
import type { SoakWorld } from './soak.ts';
import { planRound, type SoakCase } from './soak-plan.ts';
import { isRunId, newRunId, openStore } from './store.ts';
import { prepareKernel, prepareSource } from './workshop.ts';

export interface SoakSite extends RunControl {
	/** The soak's own directory. */
	readonly dir: string;
	readonly settings: Settings;
	/** With the cases that it draws from. */
	readonly suites: readonly Suite[];
	readonly patches: readonly Patch[];
	readonly save: (state: Soak) => Promise<void>;
	/** Given each run that shows a failure, and its folder. */
	readonly onFailures: (run: Run, dir: string) => Promise<void>;
}

/** An order of a sweep that does not come about costs its deadline; all of them would take a round for hours. */
const sampledOrders = 12;
/** setTimeout takes no more (2^31 - 1 ms). */
const longestTimer = 2 ** 31 - 1;

/** Builds every kernel, so that no round waits for that. A kernel that does not build is a KernelError. */
export async function prepareSoak({ settings, suites, patches, listeners, drain }: SoakSite): Promise<void> {
	await prepareHost(settings.kernel, { signal: drain, onProgress: () => {} });
	const options = { settings, emitter: createEmitter(listeners), signal: drain };
	for (const spec of settings.kernel) {
		const source = await prepareSource(spec, patches, options);
		await using _made = await prepareKernel(source, suites, options);
	}
}

export function soakWorld(site: SoakSite, { seed, kernels }: Pick<Soak, 'seed' | 'kernels'>): SoakWorld {
	const { dir, suites, patches, drain } = site;
	const settings = { ...site.settings, reruns: 0 };
	const deck = { seed, kernels, cases: soakCases(suites) };

	/** An ordinary run that begins nothing more once `leftMs` are over. */
	const run = async (id: string, leftMs: number, request: Pick<RunRequest, 'jobs' | 'sweep' | 'sample' | 'order'>): Promise<Run> => {
		const timeUp = new AbortController();
		const timer = setTimeout(() => timeUp.abort(new Error('the time is up')), Math.min(leftMs, longestTimer));
		await using store = await openStore(dir, id);
		try {
			if (store.fold.isComplete()) return await store.save();
			const { command, listeners, stop } = site;
			const common = { settings, patches, kernelSuites: suites, command, listeners, stop, store };
			// Awaited here: the store is closed when this function returns.
			const over = AbortSignal.any([drain, timeUp.signal]);
			// Everything long listens.
			setMaxListeners(0, over);
			return await executeRun({ ...common, ...request, drain: over });
		} catch (error) {
			if (error !== timeUp.signal.reason) throw error;
			return await store.save();
		} finally {
			clearTimeout(timer);
		}
	};
	/** A run as its journal has it. */
	const soFar = async (id: string): Promise<Run> => {
		await using store = await openStore(dir, id);
		return store.fold.run();
	};
	const keep = async (result: Run): Promise<void> => {
		if (sightingsOf(result).length > 0) await site.onFailures(result, join(dir, result.id));
	};

	return {
		drain,
		save: site.save,
		newRun: () => newRunId(new Date()),
		plan: (number) => planRound(deck, number),
		async runRound(plan, id, leftMs) {
			const { result, problem } = await run(id, leftMs, roundRequest(plan, suites, settings.config)).then(
				(done) => ({ result: done, problem: done.jobs.find((job) => job.problem)?.problem?.message }),
				async (error: unknown) => {
					// A sweep of a function that this kernel has not: the other rounds can run.
					if (drain.aborted || !(error instanceof UserError)) throw error;
					return { result: await soFar(id), problem: messageOf(error) };
				},
			);
			await keep(result);
			const isUntestable = result.jobs.every((job) => job.problem);
			return {
				durationMs: result.durationMs,
				counts: countsOf(result),
				sightings: sightingsOf(result),
				bytes: await diskUse(join(dir, id)),
				...(problem !== undefined && { problem }),
				...(isUntestable && { untestable: problem }),
			};
		},
		async tryEntry(entry, { kernelSpec, seed: caseSeed, times, run: id, leftMs }) {
			const sweep = entry.sweep === undefined ? undefined : sweepOf(entry.sweep);
			const jobs = planJobs(suitesOf([entry], suites), [kernelSpec], settings.config, { repeat: times, seed: caseSeed });
			const result = await run(id, leftMs, { jobs, sweep });
			await keep(result);
			const attempts = result.jobs.flatMap((job) =>
				job.cases.flatMap((one) => one.attempts.map((attempt) => ({ ...one, attempts: [attempt] }))),
			);
			const isCut = result.ended === undefined;
			const isShort = (attempt: Attempt) =>
				isCut && attempt.status !== 'FAIL' && (attempt.links?.length ?? entry.cases.length) < entry.cases.length;
			const votes = attempts.filter(({ attempts: [attempt] }) => attempt && attempt.status !== 'ERROR' && !isShort(attempt));
			const shown = votes.map((one) =>
				sightingsOf({ jobs: result.jobs.slice(0, 1).map((job) => ({ ...job, cases: [one] })) }).map(({ key }) => key),
			);
			return { durationMs: result.durationMs, bytes: await diskUse(join(dir, id)), shown };
		},
		async spentMs(id) {
			await using store = await openStore(dir, id);
			return store.fold.lastMs() ?? 0;
		},
		async remove(id) {
			await rm(join(dir, id), { recursive: true, force: true });
		},
		async keepOnly(ids) {
			for (const name of await readdir(dir))
				if (isRunId(name) && !ids.includes(name)) await rm(join(dir, name), { recursive: true, force: true });
		},
	};
}

/** What the plan must know of the cases. */
export function soakCases(suites: readonly Suite[]): SoakCase[] {
	return suites.flatMap((suite) =>
		suite.cases
			.filter(({ excluded }) => excluded === undefined)
			.map((entry) => ({
				suite: suite.name,
				case: entry.name,
				guest: entry.alone ? `${entry.clock} alone` : entry.clock,
				holds: entry.race ? movableHolds(entry.race) : [],
				disks: Object.keys(suite.needs.disks),
				modules: suite.needs.modules.filter((name) => !name.startsWith('?')),
				isFaulty:
					Object.keys(entry.faults).length > 0 || [...suite.tags, ...entry.tags].some((tag) => tag === 'fault' || tag === 'planted'),
			})),
	);
}

function roundRequest({ entries, kernelSpec, seed, sweep }: RoundPlan, suites: readonly Suite[], config: string) {
	const wanted = suitesOf(entries, suites);
	return {
		jobs: planJobs(wanted, [kernelSpec], config, { repeat: 1, seed }),
		order: entries.map((entry) => `${entry.suite}/${caseOf(entry, suites).name}`),
		...(sweep !== undefined && { sweep: sweepOf(sweep), sample: { orders: sampledOrders, seed } }),
	};
}

/** The suites with the entries in place of their cases. */
function suitesOf(entries: readonly SoakEntry[], suites: readonly Suite[]): Suite[] {
	return [...groupBy(entries, ({ suite }) => suite)].map(([name, some]) => ({
		...suiteNamed(name, suites),
		cases: some.map((entry) => caseOf(entry, suites)),
	}));
}

function caseOf({ suite: suiteName, cases, under }: SoakEntry, suites: readonly Suite[]) {
	const suite = suiteNamed(suiteName, suites);
	const found = cases.map((name) => {
		const entry = suite.cases.find((one) => one.name === name);
		if (!entry) throw new Error(`the soak has no case ${suiteName}/${name}`);
		return entry;
	});
	const fault = under === undefined ? undefined : parseBackground(under);
	if (typeof fault === 'string') throw new Error(fault);
	return entryOf(found, fault);
}

function suiteNamed(name: string, suites: readonly Suite[]): Suite {
	const suite = suites.find((one) => one.name === name);
	if (!suite) throw new Error(`the soak has no suite ${name}`);
	return suite;
}

function sweepOf(text: string) {
	const sweep = parseSweep(text);
	if (typeof sweep === 'string') throw new Error(sweep);
	return sweep;
}
