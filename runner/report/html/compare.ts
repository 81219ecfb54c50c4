/** A comparison of two runs as one HTML file that needs no network. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Eta } from 'eta';
import { checkout } from '../../config/paths.ts';
import type { CaseSide, Comparison } from '../../model/comparison.ts';
import { formatDuration } from '../../util/text.ts';
import { comparisonHeadline, newAndGone, powerText, proofText, rateText } from '../compare.ts';
import { harmlessValue } from '../harmless-run.ts';

// tsc copies no templates into dist/: they are read where they were written.
const folder = join(checkout.top, 'runner/report/html');

/** The whole document. */
export async function toCompareHtml(hostile: Comparison): Promise<string> {
	const comparison = harmlessValue(hostile);
	const style = await readFile(join(folder, 'report.css'), 'utf8');
	const eta = new Eta({ views: folder, cache: true, autoTrim: [false, 'nl'] });
	return eta.render('compare', {
		comparison,
		headline: comparisonHeadline(comparison),
		power: powerText(comparison),
		changes: comparison.changes.map((change) => ({
			kind: change.kind.replace('-', ' '),
			case: change.case,
			column: change.column,
			base: rateText(change.base),
			head: rateText(change.head),
			bars: intervalSvg([change.base, change.head]),
			p: proofText(change).trim(),
			reason: change.head.reason ?? change.base.reason ?? '',
		})),
		splats: newAndGone(comparison.splats),
		timings: comparison.timings.map((one) => ({
			case: one.case,
			column: one.column,
			base: formatDuration(one.baseMs),
			head: formatDuration(one.headMs),
			p: one.p.toFixed(3),
			effect: one.effect.toFixed(2),
		})),
		style,
	});
}

/** Two bars over 0 to 100 %, base above head, each with the rate that was measured as a mark. */
function intervalSvg(sides: readonly CaseSide[]): string {
	const width = 160;
	const bars = sides.map(({ interval: [low, high], failed, votes }, at) => {
		if (votes === 0) return '';
		const y = 4 + at * 12;
		const mark = (failed / votes) * width;
		return `<rect x="${(low * width).toFixed(1)}" y="${y}" width="${Math.max(1, (high - low) * width).toFixed(1)}" height="8" fill="currentColor" opacity="${at === 0 ? 0.3 : 0.6}"/><rect x="${Math.max(0, mark - 1).toFixed(1)}" y="${y - 2}" width="2" height="12" fill="currentColor"/>`;
	});
	return `<svg role="img" aria-label="intervals" width="${width}" height="28" viewBox="0 0 ${width} 28"><path d="M0 27.5H${width}" stroke="currentColor" opacity="0.3"/>${bars.join('')}</svg>`;
}
