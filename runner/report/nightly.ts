/** A night on a terminal: the matrix, then what a reader must act on. */

import type { CaseTrend, Trends } from '../model/history.ts';
import type { Nightly } from '../model/nightly.ts';
import { count, harmless } from '../util/text.ts';
import { type Paint, statusColors } from './paint.ts';

export function nightlyLines(nightly: Nightly, trends: Trends, paint: Paint): string[] {
	const wide = Math.max(...nightly.cells.map(({ kernel, config }) => kernel.length + config.length + 1));
	const of = (kind: CaseTrend['kind']) => trends.cases.filter((row) => row.kind === kind);
	const failing = trends.cases.filter(({ statuses, kind }) => statuses.at(-1) === 'FAIL' && kind !== 'broken' && kind !== 'flaky');
	const seen = trends.sightings.filter(({ lastSeen }) => lastSeen === nightly.id);
	return [
		paint('bold', `nightly ${nightly.id}`),
		...nightly.cells.map(({ kernel, config, verdict, problem }) => {
			const what = problem !== undefined ? harmless(problem) : verdict ? paint(statusColors[verdict], verdict) : 'did not run';
			return `  ${`${kernel} ${config}`.padEnd(wide)}  ${what}`;
		}),
		...section(`broken since the nights before`, of('broken')),
		...section('failing', failing),
		...section('fixed', of('fixed')),
		...section(`flaky over ${count(trends.nights.length, 'night')}`, of('flaky')),
		...(seen.length > 0 ? [paint('bold', 'splats of this night')] : []),
		...seen.map(({ fingerprint, title, firstSeen, lastSeen, nights, times, paths }) => {
			const since = firstSeen === lastSeen ? paint('alarm', 'new') : `first ${firstSeen}`;
			return `  ${fingerprint}  ${since}, ${count(nights, 'night')}, ${times}x  ${harmless(title)}  (${paths.join(', ')})`;
		}),
	];

	function section(title: string, rows: readonly CaseTrend[]): string[] {
		if (rows.length === 0) return [];
		return [paint('bold', title), ...rows.map(trendLine)];
	}
}

function trendLine({ path, kernel, config, statuses, failed, votes, interval: [low, high] }: CaseTrend): string {
	const rate = `${failed}/${votes} failed, ${Math.round(low * 100)}-${Math.round(high * 100)} % at 95 %`;
	return `  ${path}  ${kernel} ${config}  ${rate}  ${statuses.join(' ')}`;
}
