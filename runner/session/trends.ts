/** What the rows of the history tell: flake rates, what changed since the night before, when each splat was first and last seen. Pure. */

import type { CaseRow, CaseTrend, Sighting, SplatRow, Trends } from '../model/history.ts';
import type { CaseResult, Run } from '../model/run.ts';
import { rateInterval } from '../stats/rates.ts';
import { groupBy } from '../util/group.ts';

/** The rows of a run. A case that a known issue accepts votes as it would without one: its rate is a fact. */
export function rowsOf(night: string, run: Run): { cases: CaseRow[]; splats: SplatRow[] } {
	const cases: CaseRow[] = [];
	const splats: SplatRow[] = [];
	for (const job of run.jobs) {
		const where = { night, kernel: job.kernelSpec, config: job.config };
		for (const result of job.cases) {
			const { status, durationMs } = result;
			cases.push({ ...where, suite: job.suite, case: result.case, status, ...votesOf(result), durationMs: Math.round(durationMs) });
			const seen = new Map<string, SplatRow>();
			for (const { fingerprint, title, isFailure } of result.attempts.flatMap((attempt) => attempt.splats)) {
				if (!isFailure) continue;
				const times = (seen.get(fingerprint)?.times ?? 0) + 1;
				seen.set(fingerprint, { ...where, path: `${job.suite}/${result.case}`, fingerprint, title, times });
			}
			splats.push(...seen.values());
		}
	}
	return { cases, splats };
}

function votesOf({ attempts }: CaseResult): { failed: number; votes: number } {
	const failed = attempts.filter(({ status }) => status === 'FAIL' || status === 'XFAIL').length;
	return { failed, votes: failed + attempts.filter(({ status }) => status === 'PASS').length };
}

/**
 * What the night `night` tells: trends of its cases over the last `window` nights (at least 1) that it ends; splats are told over all rows up
 * to it. Night ids sort by time.
 */
export function trendsOf(cases: readonly CaseRow[], splats: readonly SplatRow[], window: number, night: string): Trends {
	const past = cases.map((row) => row.night).filter((other) => other < night);
	const nights = [...new Set([...past.sort(), night])].slice(-window);
	const groups = groupBy(
		cases.filter((row) => nights.includes(row.night)),
		({ kernel, config, suite, case: name }) => JSON.stringify([kernel, config, `${suite}/${name}`]),
	);
	const told = [...groups.values()].filter((rows) => rows.some((row) => row.night === night));
	return { nights, cases: told.map(trendOf), sightings: sightingsOf(splats.filter((row) => row.night <= night)) };
}

function trendOf(group: readonly CaseRow[]): CaseTrend {
	const rows = [...group].sort((a, b) => (a.night < b.night ? -1 : a.night > b.night ? 1 : 0));
	const [first] = rows;
	if (!first) throw new Error('a group has a row');
	const sum = (pick: (row: CaseRow) => number) => rows.reduce((total, row) => total + pick(row), 0);
	const rate = { failed: sum(({ failed }) => failed), votes: sum(({ votes }) => votes) };
	const statuses = rows.map(({ status }) => status);
	return {
		kernel: first.kernel,
		config: first.config,
		path: `${first.suite}/${first.case}`,
		statuses,
		...rate,
		interval: rateInterval(rate),
		kind: kindOf(rows),
	};
}

/** A night in which nothing could be said of a case (SKIP, ERROR, MISS, INCONCLUSIVE) is no step in either direction. */
function kindOf(rows: readonly CaseRow[]): CaseTrend['kind'] {
	if (rows.length === 1) return 'new';
	const says = ({ status }: CaseRow) => status === 'PASS' || status === 'FAIL' || status === 'XFAIL';
	const doesBoth = ({ failed, votes }: CaseRow) => failed > 0 && failed < votes;
	const now = rows.at(-1);
	const spells = spellsOf(rows.filter(says).map(({ status }) => status === 'PASS'));
	const turns = spells.length - 1;
	// Once there and back after a while is a regression that came and went.
	const flips = turns > 2 || (turns === 2 && spells[1] === 1);
	const isSteady = !flips && !rows.slice(0, -1).some(doesBoth);
	const hasTurned = now !== undefined && says(now) && turns > 0 && spells.at(-1) === 1;
	if (isSteady && hasTurned && now.status === 'PASS') return 'fixed';
	if (isSteady && hasTurned && now.status === 'FAIL') return 'broken';
	return flips || rows.some(doesBoth) ? 'flaky' : 'steady';
}

/** How many nights it stayed the same, one number for each time: pass pass fail pass -> 2 1 1. */
function spellsOf(passes: readonly boolean[]): number[] {
	const ends = passes.flatMap((passed, at) => (passed === passes[at + 1] ? [] : [at + 1]));
	return ends.map((end, at) => end - (ends[at - 1] ?? 0));
}

function sightingsOf(rows: readonly SplatRow[]): Sighting[] {
	const sightings = [...groupBy(rows, ({ fingerprint }) => fingerprint).values()].map((group): Sighting => {
		const nights = [...new Set(group.map(({ night }) => night))].sort();
		const newest = group.reduce((a, b) => (b.night > a.night ? b : a));
		return {
			fingerprint: newest.fingerprint,
			title: newest.title,
			firstSeen: nights[0] ?? '',
			lastSeen: nights.at(-1) ?? '',
			nights: nights.length,
			times: group.reduce((total, { times }) => total + times, 0),
			paths: [...new Set(group.map(({ path }) => path))].sort(),
		};
	});
	return sightings.sort((a, b) => (a.lastSeen === b.lastSeen ? b.times - a.times : a.lastSeen < b.lastSeen ? 1 : -1));
}
