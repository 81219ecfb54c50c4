/** A series tested commit by commit, for a terminal: a line per patch, and what is wrong with it. */

import type { Status } from '../model/run.ts';
import { isBroken, isTested, lacksBase, type SeriesReport, type SeriesStep } from '../model/series.ts';
import { count } from '../util/text.ts';
import { oneLine } from './harmless-run.ts';
import { type Paint, statusColors } from './paint.ts';

// The rest is in the step's own report.
const mostLog = 8;

/** Lines without newlines. */
export function seriesLines(report: SeriesReport, paint: Paint): string[] {
	return [
		...report.steps.flatMap((step) => stepLines(step, report.total, paint)),
		'',
		paint(report.steps.some(isBroken) ? 'alarm' : 'bold', seriesHeadline(report)),
	];
}

/** `2 of 3 patches hold; broken: 2/3 "netfs: fix" does not build`. */
export function seriesHeadline(report: SeriesReport): string {
	const { steps, total } = report;
	const tested = steps.filter((step) => step.patches > 0 && isTested(step));
	const broken = tested.filter(isBroken);
	const left = total - tested.length;
	const held = `${tested.length - broken.length} of ${count(total, 'patch').replace(/patchs$/, 'patches')} hold${tested.length - broken.length === 1 ? 's' : ''}`;
	const [first] = broken;
	const culprit = first ? `; the first broken one is ${first.patches}/${total} ${oneLine(first.name)}: ${whatBroke(first)}` : '';
	const base = lacksBase(report) ? '; the kernel without them could not be tested' : '';
	return `${held}${culprit}${left > 0 ? `; ${left} not tested` : ''}${base}`;
}

function whatBroke({ problem, changes }: SeriesStep): string {
	if (problem) return oneLine(problem.message);
	const broken = changes.filter(({ kind }) => kind === 'broken');
	const [first] = broken;
	const more = broken.length > 1 ? ` and ${count(broken.length - 1, 'more case')}` : '';
	return `${oneLine(first?.case ?? '')}${more}`;
}

function stepLines(step: SeriesStep, total: number, paint: Paint): string[] {
	const status: Status = isBroken(step) ? 'FAIL' : step.verdict;
	const author = step.author === undefined ? '' : paint('dim', `  ${oneLine(step.author)}`);
	const changes = step.changes.filter(({ kind }) => kind !== 'still-failing' && kind !== 'skip');
	return [
		`${paint(statusColors[status], (step.problem ? 'BROKEN' : status).padEnd('INCONCLUSIVE'.length + 2))}${step.patches}/${total}  ${paint('bold', oneLine(step.name))}${author}`,
		...(step.problem
			? [`    ${oneLine(step.problem.message)}`, ...step.problem.log.slice(0, mostLog).map((line) => `      ${oneLine(line)}`)]
			: []),
		...(isTested(step) ? [] : ['    not tested: no case passed or failed']),
		...changes.map(
			({ kind, case: name, base, head }) =>
				`    ${kind.replace('-', ' ')}  ${oneLine(name)}  ${base.status} -> ${head.status}  ${oneLine(head.reason ?? '')}`,
		),
		...step.remarks.map((remark) => paint('dim', `    ${remark}`)),
	];
}
