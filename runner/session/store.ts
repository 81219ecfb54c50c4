/** A run directory on disk: the journal first, everything else written from its fold. */

import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Event } from '../model/event.ts';
import type { Run } from '../model/run.ts';
import { UserError } from '../util/errors.ts';
import { asideName, exists, writeWhole } from '../util/files.ts';
import { didYouMean } from '../util/text.ts';
import { foldRun } from './fold.ts';

export interface RunStore extends AsyncDisposable {
	readonly id: string;
	readonly dir: string;
	/** Appends to the journal; transient events are left out. */
	readonly record: (event: Event) => void;
	/** All journaled events so far, those before a resume included. */
	readonly events: () => readonly Event[];
	/** Writes run.json from the journal. */
	readonly save: () => Promise<Run>;
}

/** `20261121-014500-3fa9c1`: UTC, sortable, unique enough. */
export function newRunId(now: Date): string {
	const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
	return `${stamp}-${randomBytes(3).toString('hex')}`;
}

/** Opens a new run directory, or an existing one to go on with it; `results/latest` then points at it. */
export async function openStore(results: string, id: string): Promise<RunStore> {
	const dir = join(results, id);
	await mkdir(dir, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
		throw new UserError(`cannot make the run directory ${dir}: ${error.code}`, {
			hint: 'is the checkout writable, and the disk not full?',
		});
	});
	const journal = join(dir, 'events.ndjson');
	const events: Event[] = (await exists(journal)) ? await readJournal(journal) : [];
	const stream = createWriteStream(journal, { flags: 'a' });
	let problem: Error | undefined;
	stream.on('error', (error) => {
		problem = error;
	});
	const aside = asideName(join(results, 'latest'));
	await symlink(id, aside);
	await rename(aside, join(results, 'latest'));
	return {
		id,
		dir,
		record(event) {
			if (event.type === 'phase-progress') return;
			if (problem) throw problem;
			events.push(event);
			stream.write(`${JSON.stringify(event)}\n`);
		},
		events: () => events,
		async save() {
			const run = foldRun(events);
			await writeWhole(join(dir, 'run.json'), `${JSON.stringify(run, undefined, '\t')}\n`);
			return run;
		},
		async [Symbol.asyncDispose]() {
			await new Promise<void>((resolve) => stream.end(resolve));
		},
	};
}

/** The journal's events; a last line cut off by a kill is dropped. */
export async function readJournal(file: string): Promise<Event[]> {
	const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
	return lines.flatMap((line, index) => {
		try {
			return [JSON.parse(line) as Event];
		} catch (error) {
			if (index === lines.length - 1) return [];
			throw new UserError(`is damaged: ${String(error)}`, { at: { file, line: index + 1 } });
		}
	});
}

/** Resolves `latest`, an id or a unique beginning of one; with its run as the journal tells it. */
export async function findRun(results: string, name: string): Promise<{ id: string; dir: string; run: Run; isComplete: boolean }> {
	const ids = (await readdir(results)).filter((entry) => /^\d{8}-\d{6}-[0-9a-f]{6}$/.test(entry)).sort();
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
	const events = await readJournal(join(dir, 'events.ndjson'));
	return { id, dir, run: foldRun(events), isComplete: events.some((event) => event.type === 'run-ended') };
}
