/** How long each case took when it last ran, kept between runs in the user's state folder. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Run } from '../model/run.ts';
import { writeWhole } from '../util/files.ts';

const schema = z.record(z.string(), z.number().nonnegative());

/** Milliseconds by durationKey. */
export type Durations = ReadonlyMap<string, number>;

/** The same case takes another time under another sanitizer or accelerator, and about the same on another kernel. */
export function durationKey(suite: string, name: string, config: string, accel: string): string {
	return `${suite}/${name} ${config} ${accel}`;
}

function fileIn(stateDir: string): string {
	return join(stateDir, 'durations.json');
}

/** What is known; nothing when there is no file, or none of ours. */
export async function readDurations(stateDir: string): Promise<Durations> {
	const text = await readFile(fileIn(stateDir), 'utf8').catch(() => '{}');
	try {
		return new Map(Object.entries(schema.parse(JSON.parse(text))));
	} catch {
		return new Map();
	}
}

/** The known ones with those of a run: of each case the first attempt that ended by itself. Pure. */
export function mergeDurations(known: Durations, run: Run): Durations {
	const merged = new Map(known);
	for (const job of run.jobs)
		for (const result of job.cases) {
			const first = result.attempts.find(({ status }) => status !== 'ERROR' && status !== 'MISS');
			if (first && job.accel) merged.set(durationKey(job.suite, result.case, job.config, job.accel), first.durationMs);
		}
	return merged;
}

/** Adds a run's. */
export async function recordDurations(stateDir: string, run: Run): Promise<void> {
	const merged = mergeDurations(await readDurations(stateDir), run);
	await writeWhole(fileIn(stateDir), `${JSON.stringify(Object.fromEntries([...merged].sort()), undefined, '\t')}\n`);
}
