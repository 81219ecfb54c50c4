/** What the rows of the history tell: flake rates, what changed since the night before, when each splat was first and last seen. Pure. */

import type { CaseRow, CaseTrend, Sighting, SplatRow, Trends } from '../model/history.ts';
import type { CaseResult, Run, Status } from '../model/run.ts';
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

/** Trends over the last `window` nights (at least 1) for cases; splats are told over all rows. Night ids sort by time. */
export function trendsOf(cases: readonly CaseRow[], splats: readonly SplatRow[], window: number): Trends {
	const nights = [...new Set(cases.map(({ night }) => night))].sort().slice(-window);
	const latest = nights.at(-1);
	const groups = groupBy(
		cases.filter(({ night }) => nights.includes(night)),
		({ kernel, config, suite, case: name }) => JSON.stringify([kernel, config, `${suite}/${name}`]),
	);
	const told = [...groups.values()].filter((rows) => rows.some(({ night }) => night === latest));
	return { nights, cases: told.map(trendOf), sightings: sightingsOf(splats) };
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
		kind: kindOf(statuses, rate.failed > 0 && rate.failed < rate.votes),
	};
}

/** A night in which nothing could be said of a case (SKIP, ERROR, MISS, INCONCLUSIVE) is no step in either direction. */
function kindOf(statuses: readonly Status[], doesBoth: boolean): CaseTrend['kind'] {
	const says = (status: Status | undefined) => status === 'PASS' || status === 'FAIL' || status === 'XFAIL';
	const now = statuses.at(-1);
	const before = statuses.slice(0, -1).filter(says);
	if (statuses.length === 1) return 'new';
	if (says(now) && before.length > 0) {
		if (now === 'FAIL' && before.every((status) => status === 'PASS')) return 'broken';
		if (now === 'PASS' && before.at(-1) !== 'PASS' && !before.includes('PASS')) return 'fixed';
	}
	return doesBoth ? 'flaky' : 'steady';
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
