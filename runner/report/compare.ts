/** A comparison of two runs for a terminal: the answer first, then each change with its rates and how sure it is. */

import type { CaseChange, CaseSide, ChangeKind, Comparison, SplatChange, TimingChange } from '../model/comparison.ts';
import { count, formatDuration } from '../util/text.ts';
import { oneLine } from './harmless-run.ts';
import type { Color, Paint } from './paint.ts';

const colors: Readonly<Record<ChangeKind, Color>> = {
	broken: 'alarm',
	'maybe-broken': 'yellow',
	unproved: 'yellow',
	'fewer-votes': 'yellow',
	skip: 'dim',
	'still-failing': 'magenta',
	'maybe-fixed': 'dim',
	fixed: 'green',
};

/** `REGRESSION: 2 cases broken, 1 fixed`. */
export function comparisonHeadline({ verdict, changes, base, head, unproved }: Comparison): string {
	const of = (kind: ChangeKind, word: string) => {
		const found = changes.filter((one) => one.kind === kind).length;
		return found === 0 ? [] : [`${found} ${word}`];
	};
	const said = [
		...of('broken', 'broken'),
		...of('fixed', 'fixed'),
		...of('maybe-broken', 'maybe broken'),
		...of('maybe-fixed', 'maybe fixed'),
		...of('still-failing', 'still failing'),
		...of('unproved', 'without proof on one side'),
		...of('fewer-votes', 'with fewer votes on one side'),
		...of('skip', 'skipped on one side'),
	];
	const problem = base.problem ?? head.problem ?? (unproved ? unprovedText(unproved) : 'the two have no case in common');
	if (verdict === 'untestable') return `UNTESTABLE: ${oneLine(problem)}`;
	return `${verdict === 'regression' ? 'REGRESSION' : 'NO REGRESSION'}: ${said.join(', ') || 'nothing changed'}`;
}

function unprovedText({ case: name, status, reason }: NonNullable<Comparison['unproved']>): string {
	return `no case passed or failed on both sides; ${name} is ${status}${reason === undefined ? '' : `: ${reason}`}`;
}

/** Lines without newlines. */
export function comparisonLines(comparison: Comparison, options: { readonly paint: Paint; readonly report?: string }): string[] {
	const { paint } = options;
	const { base, head, verdict, changes } = comparison;
	const color: Color = verdict === 'regression' ? 'alarm' : verdict === 'untestable' ? 'yellow' : 'green';
	return [
		paint(color, comparisonHeadline(comparison)),
		`base  ${sideText(base)}`,
		`head  ${sideText(head)}`,
		...section(changes.map((change) => changeLine(change, paint))),
		...section(newAndGone(comparison.splats).map(splatLine)),
		...section(comparison.timings.map(timingLine)),
		...section([
			...(comparison.onlyBase.length > 0 ? [`only in base  ${comparison.onlyBase.map(oneLine).join(', ')}`] : []),
			...(comparison.onlyHead.length > 0 ? [`only in head  ${comparison.onlyHead.map(oneLine).join(', ')}`] : []),
		]),
		'',
		paint('dim', powerText(comparison)),
		...(options.report === undefined ? [] : [`report   ${options.report}`]),
	];
}

function sideText({ name, origins, runs }: Comparison['base']): string {
	const from = origins.length > 0 ? `  (${origins.map(oneLine).join(', ')})` : '';
	return `${oneLine(name)}${from}${runs.length === 1 ? `  run ${runs[0]}` : `  ${count(runs.length, 'run')}`}`;
}

function section(lines: readonly string[]): string[] {
	return lines.length === 0 ? [] : ['', ...lines];
}

function changeLine(change: CaseChange, paint: Paint): string {
	const { kind, base, head } = change;
	const word = paint(colors[kind], kind.replace('-', ' ').padEnd('still failing'.length + 2));
	const where = change.column === '' ? '' : ` on ${oneLine(change.column)}`;
	return `${word}${paint('bold', oneLine(change.case))}${where}  ${rateText(base)} -> ${rateText(head)}${proofText(change)}${whyText(change)}`;
}

/** `2/5 failed (5-85 %), 1 told nothing`, or the status of a side that could not vote. */
export function rateText({ failed, votes, attempts, interval, status }: CaseSide): string {
	if (votes === 0) return status;
	const percent = (part: number) => Math.round(part * 100);
	const silent = attempts > votes ? `, ${attempts - votes} told nothing` : '';
	return `${failed}/${votes} failed (${percent(interval[0])}-${percent(interval[1])} %)${silent}`;
}

export function proofText({ p, by }: Pick<CaseChange, 'p' | 'by'>): string {
	if (p === undefined) return '';
	return `  p=${p < 0.001 ? p.toExponential(0) : p.toFixed(3)}${by === 'consistent' ? ', each time it ran' : ''}`;
}

function whyText({ kind, base, head }: CaseChange): string {
	const side = kind === 'fixed' || kind === 'maybe-fixed' ? base : head.reason === undefined ? base : head;
	return side.reason === undefined ? '' : `  ${oneLine(side.reason)}`;
}

/** Reports that one side shows and the other does not, new ones first. */
export function newAndGone(splats: readonly SplatChange[]): SplatChange[] {
	return [...splats.filter(({ base }) => base === 0), ...splats.filter(({ head }) => head === 0)];
}

function splatLine(splat: SplatChange): string {
	const isNew = splat.base === 0;
	const known = splat.knownIssue === undefined ? '' : ` (known issue ${oneLine(splat.knownIssue)})`;
	const seen = count(isNew ? splat.head : splat.base, 'attempt');
	return `${isNew ? 'new report ' : 'gone report'}  ${oneLine(splat.title)}${known}  ${seen}: ${splat.cases.map(oneLine).join(', ')}`;
}

function timingLine({ case: name, column, baseMs, headMs, p, effect }: TimingChange): string {
	const where = column === '' ? '' : ` on ${oneLine(column)}`;
	const change = `${formatDuration(baseMs)} -> ${formatDuration(headMs)}`;
	return `${headMs > baseMs ? 'slower' : 'faster'}  ${oneLine(name)}${where}  ${change}  p=${p.toFixed(3)}, effect ${effect.toFixed(2)}`;
}

/** What the comparison can say of what it did not find. */
export function powerText({ same, sees, threshold, verdict }: Comparison): string {
	const passed = `${count(same, 'case')} passed on both sides`;
	if (verdict === 'untestable') return passed;
	const least =
		sees === undefined
			? 'too few runs to call a new failure more than maybe broken: --times 3 and more can (of stored runs, --repeat 3)'
			: sees === 1
				? 'only a new failure in every run would have been called broken'
				: `a new failure in ${Math.round(sees * 100)} % of runs or more would have been proved (p <= ${threshold})`;
	return `${passed}; ${least}`;
}
