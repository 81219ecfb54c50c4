/** Races of a case: the one of its suite.yaml, and those a scenario plays; and what they prove. */

import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RaceRecord, RaceStep } from '../model/race.ts';
import type { Evidence, Splat } from '../model/run.ts';
import { drawRace, stepsOnGuestClock } from '../race/diagram.ts';
import { diagramText } from '../race/diagram-text.ts';
import { type Played, type Race, startRace } from '../race/player.ts';
import { type Schedule, scheduleSchema } from '../race/schedule.ts';
import { parseTrace } from '../race/trace-events.ts';
import { UserError } from '../util/errors.ts';
import { formatDuration } from '../util/text.ts';
import type { CaseOutput, CaseRun } from './case-run.ts';

/** Runs `body` with the case's own schedule played meanwhile, if it has one; a function that this kernel lacks leaves the case unrun. */
export async function playDuring(run: CaseRun, body: () => Promise<CaseOutput>): Promise<CaseOutput> {
	const { race: schedule } = run.entry;
	if (!schedule) return body();
	let race: Race;
	try {
		race = await startRace(run.machine, schedule, run.objects, run.signal);
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		// Kernels differ, and the other cases are to run: no reason to end the run.
		const why = `its race cannot be played: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
		return { ending: { how: 'not-started', why }, assertions: [], measured: {}, problems: [] };
	}
	let output: CaseOutput | undefined;
	try {
		output = await body();
	} finally {
		await race.finish().then((played) => {
			if (output) output = { ...output, races: [played, ...(output.races ?? [])] };
		});
	}
	return output;
}

/** The schedules that a scenario plays, each checked as one of a suite.yaml is. */
export function createRaces(run: CaseRun): {
	readonly play: (schedule: unknown, options?: { readonly optional?: boolean }) => Promise<Race>;
	readonly finish: () => Promise<void>;
	readonly played: readonly Played[];
} {
	const races: Race[] = [];
	const played: Played[] = [];
	return {
		played,
		async play(value, { optional = false } = {}) {
			const parsed = scheduleSchema.safeParse(value);
			if (!parsed.success) throw new UserError(`not a schedule: ${z.prettifyError(parsed.error)}`);
			const started = await startRace(run.machine, parsed.data, run.objects, run.signal);
			const race: Race = {
				async finish() {
					const result = await started.finish();
					if (races.includes(race)) played.push(optional ? { ...result, isOptional: true } : result);
					races.splice(races.indexOf(race), 1);
					return result;
				},
			};
			races.push(race);
			return race;
		},
		async finish() {
			for (const race of [...races]) await race.finish();
		},
	};
}

/** A step that did not happen as written is missing evidence. */
export function raceEvidence(races: readonly Played[] | undefined): Evidence[] {
	return (races ?? []).flatMap(({ steps, isOptional }) =>
		(isOptional ? [] : steps).map((step) => ({ claim: claimOf(step), measured: measuredOf(step), holds: step.outcome === 'kept' })),
	);
}

function claimOf({ when, hold, until }: RaceStep): string {
	return `${when}${hold === undefined ? '' : ` and is held${until.length > 0 ? ` until ${until.join(' or ')}` : ''}`}`;
}

function measuredOf(step: RaceStep): string {
	const { outcome, task, cpu, beganMs = 0, endedMs = 0, hold, releasedBy, stood = [] } = step;
	if (outcome === 'never came') return 'it never came to that';
	const who = task === undefined ? '' : `${task} on CPU ${cpu}`;
	if (hold === undefined) return who || 'seen';
	const held = `${who === '' ? `CPU ${cpu}` : who} held for ${formatDuration(endedMs - beganMs)}`;
	if (outcome === 'kept') return held;
	return `${held}, ended by ${releasedBy}${stood.length > 0 ? `: ${stood.join('; ')}` : ''}`;
}

/** Counts that claims of a suite.yaml may use. */
export function raceMeasured(races: readonly Played[] | undefined): Record<string, string> {
	if (!races?.length) return {};
	const holds = races.flatMap(({ steps }) => steps.filter(({ hold }) => hold !== undefined));
	const reached = holds.filter(({ outcome }) => outcome !== 'never came').length;
	return { hold_reached: `${reached}`, hold_kept: `${holds.filter(({ outcome }) => outcome === 'kept').length}` };
}

/** A race is at the end of its trace. */
const mostTraceBytes = 4 * 1024 * 1024;

/**
 * Draws what was played, or the splat of a case without a schedule that tells of two tasks or has a trace: diagram.txt in the attempt's
 * folder, and for the reports. Nothing for other cases.
 */
export async function recordRace(
	dir: string,
	races: readonly Played[] | undefined,
	splats: readonly Splat[],
): Promise<RaceRecord | undefined> {
	const has = (splat: Splat, ...roles: string[]) => splat.isFailure && splat.stacks.some(({ role }) => roles.includes(role));
	const splat = splats.find((one) => has(one, 'access')) ?? splats.find((one) => has(one, 'call trace'));
	const trace = parseTrace(await readEnd(join(dir, 'trace.txt')));
	if (!races?.length && !(splat && (has(splat, 'freed') || trace.length > 0))) return undefined;
	const steps = races?.flatMap((played) => played.steps) ?? [];
	const guestMs = races?.flatMap((played) => played.steps.map((_, index) => played.guestMs[index])) ?? [];
	const diagram = drawRace({ steps, guestMs, splat, trace });
	const timed = stepsOnGuestClock({ steps, guestMs, trace });
	if (diagram.rows.length === 0) return { steps: timed };
	const text = diagramText(diagram);
	await writeFile(join(dir, 'diagram.txt'), `${text}\n`);
	return { steps: timed, diagram, text };
}

async function readEnd(path: string): Promise<string> {
	const file = await open(path).catch(() => undefined);
	if (!file) return '';
	try {
		const { size } = await file.stat();
		const length = Math.min(size, mostTraceBytes);
		const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
		return buffer.toString('latin1');
	} finally {
		await file.close();
	}
}

/** Where `actor` of suites/lib/race.sh pins whom: CRUCIBLE_ACTOR_<NAME> is a CPU. */
export function actorEnv(schedule: Schedule | undefined): Record<string, string> {
	return Object.fromEntries(
		Object.entries(schedule?.actors ?? {}).flatMap(([name, { cpu }]) =>
			cpu === undefined ? [] : [[`CRUCIBLE_ACTOR_${name.toUpperCase().replaceAll('-', '_')}`, String(cpu)]],
		),
	);
}
