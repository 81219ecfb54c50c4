/** A bisection with its state on disk: whole after each step, so that a killed one goes on. */

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Belief, beliefFrom } from '../bisect/belief.ts';
import { shareWith } from '../bisect/choose.ts';
import { bisect } from '../bisect/engine.ts';
import { gitBisectLog } from '../bisect/git-log.ts';
import { type History, historyOf } from '../bisect/history.ts';
import type { Bisection, Finding } from '../model/bisection.ts';
import { UserError } from '../util/errors.ts';
import { exists, writeWhole } from '../util/files.ts';
import { tryLock } from '../util/lock.ts';
import { type BisectSite, kernelWorld } from './bisect-world.ts';
import { prepareHost } from './host.ts';

export interface BisectRequest {
	/** What is asked, with what an interrupted bisection found already. */
	readonly begun: Omit<Bisection, 'badness' | 'outcome'>;
	readonly site: BisectSite;
	/** Told of each finding, with the state after it, and the probability of each commit to be the first bad one, by index. */
	readonly onFinding: (finding: Finding, state: Bisection, blame: readonly number[]) => void;
}

// "20261121-014500-3fa9c1-bisect"
const folderName = /^\d{8}-\d{6}-[0-9a-f]{6}-bisect$/;
export const bisectFiles = { state: 'bisect.json', log: 'BISECT_LOG', series: 'series' } as const;

export function bisectDir(results: string, id: string): string {
	return join(results, `${id}-bisect`);
}

/** The id of the newest one that has not ended. Throws a UserError when there is none. */
export async function latestBisection(results: string): Promise<string> {
	const names = (await readdir(results)).filter((entry) => folderName.test(entry)).sort();
	for (const name of names.reverse()) {
		const state = await readFile(join(results, name, bisectFiles.state), 'utf8').catch(() => undefined);
		if (state !== undefined && !(JSON.parse(state) as Bisection).outcome) return name.replace(/-bisect$/, '');
	}
	throw new UserError('there is no bisection to go on with', { hint: './crucible bisect --good A --bad B --case suite/case begins one' });
}

/** One process goes on with a bisection; throws a UserError while another does. */
export async function lockBisection(results: string, id: string): Promise<AsyncDisposable> {
	const held = await tryLock(join(bisectDir(results, id), 'lock'));
	if (held) return held;
	throw new UserError(`the bisection ${id} is running`, { hint: 'wait for it, or leave --resume away for another bisection' });
}

/** What one that is locked has found. Throws a UserError when it has ended, or does not say all that its votes depend on. */
export async function readBisection(results: string, id: string): Promise<Bisection> {
	const state = JSON.parse(await readFile(join(bisectDir(results, id), bisectFiles.state), 'utf8')) as Bisection;
	if (state.outcome) throw new UserError(`the bisection ${id} has ended`, { hint: 'leave --resume away for another bisection' });
	if (state.schema === 2) return state;
	throw new UserError(`the bisection ${id} is of an older crucible, which did not keep all that its votes depend on`, {
		hint: 'begin it again without --resume: the kernels that it built are still there',
	});
}

/** Goes on from what was found already. What the user must mend before anything is found leaves no folder, where there was none. */
export async function runBisection({ begun, site, onFinding }: BisectRequest): Promise<Bisection> {
	const [good, ...candidates] = begun.commits;
	if (!good) throw new Error('a history has a good end');
	const history = historyOf(good, candidates);
	let state: Bisection = { ...begun, badness: badnessOf(history, beliefFrom(history, begun.findings)) };
	const save = async () => {
		await writeWhole(join(site.dir, bisectFiles.state), `${JSON.stringify(state, undefined, '\t')}\n`);
		if (begun.kind === 'commits') await writeWhole(join(site.dir, bisectFiles.log), gitBisectLog(state));
	};
	const isNew = !(await exists(join(site.dir, bisectFiles.state)));
	await save();
	try {
		await prepareHost([site.kernelOf(0).spec], { signal: site.drain, onProgress: () => {} });
		const { outcome } = await bisect(history, kernelWorld(site, begun), begun.findings, {
			confidence: begun.confidence,
			endRuns: 40,
			mostRuns: begun.mostRuns,
			signal: site.drain,
			async onFinding(finding, belief) {
				state = { ...state, findings: [...state.findings, finding], badness: badnessOf(history, belief) };
				await save();
				onFinding(finding, state, [...belief.blame]);
			},
		});
		state = { ...state, outcome };
		await save();
		return state;
	} catch (error) {
		if (isNew && state.findings.length === 0 && error instanceof UserError) await rm(site.dir, { recursive: true, force: true });
		throw error;
	}
}

function badnessOf(history: History, belief: Belief): number[] {
	return history.commits.map((_, at) => shareWith(history, belief, at));
}
