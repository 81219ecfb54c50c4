/** A nightly: the cells of a matrix one after the other, each a run of its own, with the state on disk after each. */

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { PlannedJob } from '../model/event.ts';
import type { Nightly, NightlyCell } from '../model/nightly.ts';
import { exitCodes, type Run } from '../model/run.ts';
import type { Suite } from '../suite/load.ts';
import { InfraError, messageOf, UserError } from '../util/errors.ts';
import { writeWhole } from '../util/files.ts';
import { tryLock } from '../util/lock.ts';
import type { History } from './history.ts';
import type { NightlyConfig } from './nightly-config.ts';
import { describeJob, planChange, planJobs } from './plan.ts';
import { executeRun, type RunControl } from './run.ts';
import { openStore, type RunStore } from './store.ts';
import { rowsOf } from './trends.ts';

// "20261121-014500-3fa9c1-nightly"
const folderName = /^\d{8}-\d{6}-[0-9a-f]{6}-nightly$/;

export interface NightlyRequest extends RunControl {
	/** What is to be run, with what an interrupted one has done. */
	readonly begun: Nightly;
	readonly results: string;
	readonly config: NightlyConfig;
	readonly suites: readonly Suite[];
	readonly settings: Settings;
	readonly history: History;
	/** Told before each cell. */
	readonly onCell: (cell: NightlyCell, index: number) => void;
	readonly onRun: (run: Run, dir: string) => Promise<void>;
}

export function nightlyDir(results: string, id: string): string {
	return join(results, `${id}-nightly`);
}

/** One nightly at a time writes the history; throws a UserError while another does. */
export async function lockNightly(results: string): Promise<AsyncDisposable> {
	const held = await tryLock(join(results, 'nightly', 'lock'));
	if (held) return held;
	throw new UserError('another nightly is running on these results', { hint: 'wait for it, or use another checkout' });
}

/** Runs the cells that have not ended. A cell that cannot run says why, and the others go on. */
export async function runNightly(request: NightlyRequest): Promise<Nightly> {
	const dir = nightlyDir(request.results, request.begun.id);
	let state = request.begun;
	const save = (next: Nightly) => {
		state = next;
		return writeWhole(join(dir, 'nightly.json'), `${JSON.stringify(state, undefined, '\t')}\n`);
	};
	await save(state);
	for (const [index, cell] of state.cells.entries()) {
		if (cell.exitCode !== undefined) continue;
		if (request.drain.aborted) break;
		request.onCell(cell, index);
		const ended = await runCell(request, cell, dir);
		if (request.drain.aborted) break;
		await save({ ...state, cells: state.cells.map((other) => (other.id === cell.id ? ended : other)) });
	}
	request.drain.throwIfAborted();
	await save({ ...state, ended: new Date().toISOString() });
	return state;
}

async function runCell(request: NightlyRequest, cell: NightlyCell, dir: string): Promise<NightlyCell> {
	const { config, suites, command, listeners, drain, stop, history, begun } = request;
	const settings = { ...request.settings, config: cell.config, reruns: config.reruns };
	const jobs = planJobs(suites, [cell.kernel], cell.config, { repeat: config.repeat, seed: begun.seed, timeoutS: config.timeout });
	try {
		const { store, notes } = await openCell(dir, cell.id, jobs.map(describeJob));
		await using _open = store;
		const run = await executeRun({ jobs, settings, patches: [], command, notes, store, listeners, drain, stop });
		await request.onRun(run, store.dir);
		// A run that was stopped is not a night: it goes on where it was, and counts then.
		if (!drain.aborted) await putCell(history, begun, cell, run);
		return { ...cell, verdict: run.verdict, exitCode: run.exitCode };
	} catch (error) {
		const isUsers = error instanceof UserError;
		if (drain.aborted || !(isUsers || error instanceof InfraError)) throw error;
		return { ...cell, problem: messageOf(error), exitCode: isUsers ? exitCodes.usage : exitCodes.ours };
	}
}

/** The run of a cell, to begin or to go on with; one whose suites are others by now begins anew, and its notes say so. */
export async function openCell(dir: string, id: string, plan: readonly PlannedJob[]): Promise<{ store: RunStore; notes: string[] }> {
	const store = await openStore(dir, id);
	const change = store.fold.lastMs() === undefined ? undefined : planChange(store.fold.plan(), plan);
	if (change === undefined) return { store, notes: [] };
	await store[Symbol.asyncDispose]();
	await rm(store.dir, { recursive: true });
	return { store: await openStore(dir, id), notes: [`begun anew: what was cut off ${change}`] };
}

/** The newest nightly, ended or not; undefined when there is none. A state that cannot be read is a UserError. */
export async function latestNightly(results: string): Promise<Nightly | undefined> {
	const name = (await nightlyFolders(results)).at(-1);
	return name === undefined ? undefined : readNightly(join(results, name, 'nightly.json'));
}

async function readNightly(file: string): Promise<Nightly> {
	try {
		return JSON.parse(await readFile(file, 'utf8')) as Nightly;
	} catch (error) {
		throw new UserError(`cannot read ${file}: ${messageOf(error)}`, {
			hint: 'remove its folder, or begin anew with --fresh',
			cause: error,
		});
	}
}

async function nightlyFolders(results: string): Promise<string[]> {
	return (await readdir(results)).filter((entry) => folderName.test(entry)).sort();
}

/** The cells of a nightly that came to a verdict, in the matrix's order, and the run of each. */
export async function cellRuns(results: string, nightly: Nightly): Promise<{ cell: NightlyCell; run: Run }[]> {
	const done = nightly.cells.filter(({ verdict }) => verdict !== undefined);
	const dir = nightlyDir(results, nightly.id);
	return Promise.all(done.map(async (cell) => ({ cell, run: JSON.parse(await readFile(join(dir, cell.id, 'run.json'), 'utf8')) as Run })));
}

/** Puts every nightly that is kept into the history; returns how many cells those were. */
export async function rebuildHistory(results: string, history: History): Promise<number> {
	let cells = 0;
	for (const name of await nightlyFolders(results)) {
		const nightly = await readNightly(join(results, name, 'nightly.json'));
		for (const { cell, run } of await cellRuns(results, nightly)) {
			await putCell(history, nightly, cell, run);
			cells++;
		}
	}
	return cells;
}

function putCell(history: History, { id: night }: Nightly, { kernel, config }: NightlyCell, run: Run): Promise<void> {
	return history.put({ night, kernel, config }, rowsOf(night, run));
}

/** Removes the folders of all but the newest `keep` nightlies; returns their names. The history keeps their rows. */
export async function removeOldNightlies(results: string, keep: number): Promise<string[]> {
	const old = (await nightlyFolders(results)).slice(0, -keep);
	for (const name of old) await rm(join(results, name), { recursive: true, force: true });
	return old;
}
