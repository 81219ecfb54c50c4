/** Run folders as the journal's own writer leaves them: the canonical run, with a recorded race in it and times on the run's clock. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import type { Event } from '../model/event.ts';
import type { Attempt, Frame, Run, Splat } from '../model/run.ts';
import { createSplatScanner } from '../parse/splat.ts';
import { type DiagramInput, drawRace, stepsOnGuestClock } from '../race/diagram.ts';
import { diagramText } from '../race/diagram-text.ts';
import { parseTrace } from '../race/trace-events.ts';
import { canonicalRun } from '../report/canonical-run.ts';
import { writeReports } from '../report/write.ts';
import { openStore } from '../session/store.ts';

const racer = 'withdraw-race';

/** Writes a run named `id` below `results`, with all its reports; `withFailures` false: each case of it passed. */
export async function writeSampleRun(results: string, id: string, withFailures = true): Promise<Run> {
	const run = canonicalRun();
	const race = await recordedRace();
	await using store = await openStore(results, id);
	let atMs = 0;
	const record = (event: Omit<Event, 'atMs'>) => store.record({ ...event, atMs } as Event);
	const plan = run.jobs.map(({ cases, ...job }) => ({ ...job, cases: cases.map(({ case: name, summary }) => ({ name, summary })) }));
	const { started, command, crucible, host } = run;
	record({ type: 'run-started', run: { id, started, command, crucible, host }, plan } as Omit<Event, 'atMs'>);
	for (const { name, durationMs } of run.phases) {
		atMs += durationMs;
		record({ type: 'phase-ended', phase: name, durationMs } as Omit<Event, 'atMs'>);
	}
	for (const note of run.notes) record({ type: 'note', text: note } as Omit<Event, 'atMs'>);
	for (const job of run.jobs) {
		const { kernel, accel, qemu, problem, status } = job;
		if (problem) record({ type: 'job-failed', job: job.id, status, problem } as Omit<Event, 'atMs'>);
		else record({ type: 'job-started', job: job.id, kernel, accel, qemu } as Omit<Event, 'atMs'>);
		for (const result of job.cases) {
			if (result.attempts.length === 0) continue;
			const attempts: Attempt[] = [];
			for (const [at, one] of result.attempts.entries()) {
				record({ type: 'case-started', job: job.id, case: result.case, attempt: at + 1 } as Omit<Event, 'atMs'>);
				const isRace = result.case === racer && at === 0 && result.status === 'FAIL';
				const splats = (isRace && race.splat ? [{ ...race.splat, isFailure: true }] : one.splats).map(withSource);
				const failing = { ...one, splats, ...(isRace && { race: race.record, reason: race.splat?.title ?? '' }) };
				attempts.push(withFailures ? failing : { ...failing, status: 'PASS', splats: [], reason: 'passed' });
				atMs += one.durationMs;
				record({ type: 'attempt-ended', job: job.id, case: result.case, attempt: failing } as Omit<Event, 'atMs'>);
				if (!isRace) continue;
				const dir = join(store.dir, one.dir);
				await mkdir(dir, { recursive: true });
				await writeFile(join(dir, 'console.log'), race.console);
				await writeFile(join(dir, 'trace.txt'), race.trace);
			}
			const settled = { ...result, attempts, ...(!withFailures && { status: 'PASS' as const }) };
			record({ type: 'case-ended', job: job.id, result: settled } as Omit<Event, 'atMs'>);
		}
	}
	record({ type: 'run-ended', ended: started, verdict: run.verdict, exitCode: run.exitCode, peakMemoryMiB: 90 } as Omit<Event, 'atMs'>);
	const saved = await store.save();
	await writeReports(saved, store.dir);
	return saved;
}

/** The withdraw-volume race as it was recorded for the diagram's own test. */
async function recordedRace() {
	const text = await readFile(join(checkout.top, 'runner/race/testdata/withdraw-volume.txt'), 'utf8');
	const [steps = '', trace = '', console = ''] = text.split(/^=== \w+\n/m).slice(1);
	const splats: Splat[] = [];
	const scanner = createSplatScanner((splat) => splats.push(splat));
	scanner.write(Buffer.from(console));
	scanner.end();
	const played = JSON.parse(steps) as Pick<DiagramInput, 'steps' | 'guestMs'>;
	const diagram = drawRace({ ...played, trace: parseTrace(trace), splat: splats[0] });
	const timed = stepsOnGuestClock({ ...played, trace: parseTrace(trace) });
	return { record: { steps: timed, diagram, text: diagramText(diagram) }, splat: splats[0], trace, console };
}

/** Lines beside the first frame that has a place, or gets one. */
function withSource(splat: Splat): Splat {
	const [first, ...rest] = splat.stacks;
	const guilty = / in (\w+)$/.exec(splat.title)?.[1];
	if (!first) return splat;
	const lines = [
		'	struct fscache_volume *volume = object->volume;',
		'',
		'	if (!volume)',
		'		return;',
		`	${guilty ?? 'work'}(volume);`,
		'}',
		'',
	];
	const frames = first.frames.map((frame): Frame => {
		if (frame.function !== guilty || frame.unreliable) return frame;
		const { file = 'fs/cachefiles/volume.c', line = 120 } = frame;
		return { ...frame, file, line, source: { first: line - 4, lines } };
	});
	return { ...splat, stacks: [{ ...first, frames }, ...rest] };
}
