/** A series tested commit by commit, for a terminal: a line per patch, and what is wrong with it. */

import type { CaseChange } from '../model/comparison.ts';
import type { Status } from '../model/run.ts';
import { faultsOf, isBroken, isTested, lacksBase, type SeriesReport, type SeriesStep } from '../model/series.ts';
import { count } from '../util/text.ts';
import { oneLine } from './harmless-run.ts';
import { type Paint, statusColors } from './paint.ts';

// The rest is in the step's own report.
const mostLog = 8;

/** Lines without newlines. */
export function seriesLines(report: SeriesReport, paint: Paint): string[] {
	return [
		...report.steps.flatMap((step) => stepLines(report, step, paint)),
		'',
		paint(report.steps.some((step) => isBroken(report, step)) ? 'alarm' : 'bold', seriesHeadline(report)),
	];
}

/** `2 of 3 patches hold; broken: 2/3 "netfs: fix" does not build`. */
export function seriesHeadline(report: SeriesReport): string {
	const { steps, total } = report;
	const tested = steps.filter((step) => step.patches > 0 && isTested(report, step));
	const broken = tested.filter((step) => isBroken(report, step));
	const left = total - tested.length;
	const held = `${tested.length - broken.length} of ${count(total, 'patch').replace(/patchs$/, 'patches')} hold${tested.length - broken.length === 1 ? 's' : ''}`;
	const [first] = broken;
	const culprit = first ? `; the first broken one is ${first.patches}/${total} ${oneLine(first.name)}: ${whatBroke(report, first)}` : '';
	const base = lacksBase(report) ? '; the kernel without them could not be tested' : '';
	return `${held}${culprit}${left > 0 ? `; ${left} not tested` : ''}${base}`;
}

function whatBroke(report: SeriesReport, step: SeriesStep): string {
	if (step.problem) return oneLine(step.problem.message);
	const faults = faultsOf(report, step);
	const [first] = faults;
	if (!first) return '';
	const more = faults.length > 1 ? ` and ${count(faults.length - 1, 'more case')}` : '';
	const { kind, head } = first;
	return `${oneLine(first.case)}${kind === 'broken' ? '' : ` fails ${head.failed}/${head.votes}, not proved`}${more}`;
}

function stepLines(report: SeriesReport, step: SeriesStep, paint: Paint): string[] {
	const status: Status = isBroken(report, step) ? 'FAIL' : step.verdict;
	const author = step.author === undefined ? '' : paint('dim', `  ${oneLine(step.author)}`);
	const faults = faultsOf(report, step);
	const wordOf = (change: CaseChange) =>
		change.kind !== 'broken' && faults.includes(change) ? 'fails, not proved' : change.kind.replace('-', ' ');
	const changes = step.changes.filter(({ kind, head }) => kind !== 'still-failing' && (kind !== 'skip' || head.status === 'FAIL'));
	return [
		`${paint(statusColors[status], (step.problem ? 'BROKEN' : status).padEnd('INCONCLUSIVE'.length + 2))}${step.patches}/${report.total}  ${paint('bold', oneLine(step.name))}${author}`,
		...(step.problem
			? [`    ${oneLine(step.problem.message)}`, ...step.problem.log.slice(0, mostLog).map((line) => `      ${oneLine(line)}`)]
			: []),
		...(isTested(report, step) ? [] : whyUntested(step).map((why) => `    not tested: ${why}`)),
		...changes.map(
			(change) =>
				`    ${wordOf(change)}  ${oneLine(change.case)}  ${change.base.status} -> ${change.head.status}  ${oneLine(change.head.reason ?? '')}`,
		),
		...step.remarks.map((remark) => paint('dim', `    ${remark}`)),
	];
}

function whyUntested({ problem, patches }: SeriesStep): string[] {
	if (!problem) return ['no case passed or failed'];
	return patches > 0 ? ['no kernel before it builds and boots either'] : [];
}
