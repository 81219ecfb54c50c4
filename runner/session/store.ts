/** A run directory on disk: the journal first, everything else written from its fold. */

import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rename, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Event, PlannedJob } from '../model/event.ts';
import type { Run } from '../model/run.ts';
import { UserError } from '../util/errors.ts';
import { asideName, exists, writeWhole } from '../util/files.ts';
import { jsonPieces } from '../util/json.ts';
import { tryLock } from '../util/lock.ts';
import { didYouMean } from '../util/text.ts';
import { createFold, type RunFold } from './fold.ts';
import { readJournal } from './journal.ts';

// "20261121-014500-3fa9c1"
const runId = /^\d{8}-\d{6}-[0-9a-f]{6}$/;

/** Whether a folder of that name holds a run. */
export function isRunId(name: string): boolean {
	return runId.test(name);
}

// run > jobs > job > cases: a case is one piece.
const caseLevel = 4;

export interface RunStore extends AsyncDisposable {
	readonly id: string;
	readonly dir: string;
	/** The run so far, that before a resume included. */
	readonly fold: Omit<RunFold, 'add'>;
	/** Appends to the journal; transient events are left out. */
	readonly record: (event: Event) => void;
	/** Tells the events before a resume again, in order. */
	readonly replay: (listener: (event: Event) => void) => Promise<void>;
	/** Writes run.json from the journal. */
	readonly save: () => Promise<Run>;
}

/** `20261121-014500-3fa9c1`: UTC, sortable, unique enough. */
export function newRunId(now: Date): string {
	const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
	return `${stamp}-${randomBytes(3).toString('hex')}`;
}

/**
 * Opens a new run directory, or an existing one to go on with it; `results/latest` then points at it. Nobody else writes there until it is
 * closed: throws a UserError while somebody does.
 */
export async function openStore(results: string, id: string): Promise<RunStore> {
	const dir = join(results, id);
	await mkdir(dir, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
		throw new UserError(`cannot make the run directory ${dir}: ${error.code}`, {
			hint: 'is the checkout writable, and the disk not full?',
		});
	});
	const held = await tryLock(join(dir, 'lock'));
	if (!held) throw new UserError(`the run ${id} is under way in another process`, { hint: 'wait for it, or begin another run' });
	try {
		return await openHeld(results, id, held);
	} catch (error) {
		await held[Symbol.asyncDispose]();
		throw error;
	}
}

async function openHeld(results: string, id: string, held: AsyncDisposable): Promise<RunStore> {
	const dir = join(results, id);
	const journal = join(dir, 'events.ndjson');
	const fold = createFold();
	// A line that a kill cut off must not begin the next.
	if (await exists(journal)) await truncate(journal, await readJournal(journal, fold.add));
	// Written when it is told: what a kill leaves is whole, and a full disk stops the run here and now.
	const file = openSync(journal, 'a');
	let broken: { readonly error: unknown } | undefined;
	const aside = asideName(join(results, 'latest'));
	await symlink(id, aside);
	await rename(aside, join(results, 'latest'));
	return {
		id,
		dir,
		fold,
		record(event) {
			if (event.type === 'phase-progress') return;
			// What follows a line written in part would be taken for its end.
			if (broken) throw broken.error;
			const line = Buffer.from(`${JSON.stringify(event)}\n`);
			try {
				for (let at = 0; at < line.length; ) at += writeSync(file, line, at);
			} catch (error) {
				broken = { error };
				throw error;
			}
			fold.add(event);
		},
		async replay(listener) {
			await readJournal(journal, listener);
		},
		async save() {
			const run = fold.run();
			await writeWhole(join(dir, 'run.json'), documentPieces(run));
			return run;
		},
		async [Symbol.asyncDispose]() {
			closeSync(file);
			await held[Symbol.asyncDispose]();
		},
	};
}

/** The text of run.json, in pieces. */
export function* documentPieces(run: Run): Generator<string> {
	yield* jsonPieces(run, caseLevel);
	yield '\n';
}

/** The newest runs whose run.json is there, at most `most`, newest first. */
export async function newestRuns(results: string, most: number): Promise<Run[]> {
	const ids = (await readdir(results)).filter((entry) => runId.test(entry)).sort();
	const runs: Run[] = [];
	for (const id of ids.reverse().slice(0, most)) {
		const text = await readFile(join(results, id, 'run.json'), 'utf8').catch(() => undefined);
		if (text !== undefined) runs.push(JSON.parse(text) as Run);
	}
	return runs;
}

/** A run as its journal tells it. */
export interface FoundRun {
	readonly id: string;
	readonly dir: string;
	readonly run: Run;
	readonly plan: readonly PlannedJob[];
	readonly isComplete: boolean;
}

/** Resolves `latest`, an id or a unique beginning of one. */
export async function findRun(results: string, name: string): Promise<FoundRun> {
	const ids = (await readdir(results)).filter((entry) => runId.test(entry)).sort();
	const wanted = name === 'latest' ? await readlink(join(results, 'latest')).catch(() => ids.at(-1)) : name;
	const matches = ids.filter((id) => id === wanted || (wanted !== undefined && wanted !== '' && id.startsWith(wanted)));
	const [id] = matches;
	if (id === undefined || matches.length > 1)
		throw new UserError(
			ids.length === 0 ? 'there is no run yet' : `${matches.length > 1 ? 'several runs begin with' : 'no run is called'} "${name}"`,
			{
				hint: ids.length === 0 ? './crucible run makes one' : (didYouMean(name, ids) ?? `the newest is ${ids.at(-1)}`),
			},
		);
	const dir = join(results, id);
	const fold = createFold();
	await readJournal(join(dir, 'events.ndjson'), fold.add);
	return { id, dir, run: fold.run(), plan: fold.plan(), isComplete: fold.isComplete() };
}
