/** The end of a run for a terminal: verdict first, then everything that needs a reader, then where to look further. */

import { dirname } from 'node:path';
import type { CaseResult, JobResult, Run, Splat, Status } from '../model/run.ts';
import { count, formatDuration } from '../util/text.ts';
import { distinctSplats, rate, tellingAttempt } from './attempts.ts';
import { frameText, tellingFrames } from './frame-text.ts';
import { harmlessOutline, harmlessValue, oneLine } from './harmless-run.ts';
import { columnOf, type Matrix, matrixOf } from './matrix.ts';
import { type Paint, statusColors } from './paint.ts';
import { bySeverity, isFine, statusesBySeverity } from './severity.ts';

// What still fits a screen or two; the report has everything.
const most = { cases: 20, matrixRows: 40, lines: 6, frames: 4, slowest: 3, log: 12, name: 48 } as const;

/** Lines without newlines. `report` is the path of report.html as the user should see it. */
export function summaryLines(hostile: Run, options: { readonly paint: Paint; readonly report?: string }): string[] {
	const run = harmlessOutline(hostile);
	const { paint } = options;
	const all = run.jobs.flatMap((job) => job.cases.map((result) => ({ job, result })));
	const wanting = all.filter(({ result }) => result.status !== 'PASS').sort((a, b) => bySeverity(a.result.status, b.result.status));
	const detailed = wanting.filter(({ result }) => result.status !== 'MISS' && result.status !== 'SKIP');
	const rest = wanting.filter(({ result }) => result.status === 'SKIP');
	const first = wanting.find(({ result }) => !isFine(result.status));
	const folder = options.report === undefined ? '' : `${dirname(options.report)}/`;
	const matrix = matrixOf(run);
	return [
		verdictLine(run, paint),
		...(matrix.columns.length > 1 ? ['', ...matrixLines(matrix, paint)] : []),
		...problems(run).flatMap((jobs) => problemLines(jobs, paint)),
		...detailed.slice(0, most.cases).flatMap(({ job, result }) => ['', ...caseLines(job, harmlessValue(result), folder, paint)]),
		...(detailed.length > most.cases ? ['', `... and ${count(detailed.length - most.cases, 'more case')} in the report`] : []),
		...(rest.length > 0 ? ['', ...rest.slice(0, most.cases).map(({ job, result }) => headLine(job, result, paint))] : []),
		'',
		...fields(
			[
				['notes', run.notes.map(oneLine)],
				['slowest', slowest(all)],
				[
					'first failure',
					first && first.result.status !== 'MISS' ? [`${first.result.suite}/${oneLine(first.result.case)} on ${columnOf(first.job)}`] : [],
				],
				['report', options.report === undefined ? [] : [options.report]],
				['reproduce', first ? [oneLine(first.result.reproduce)] : []],
			],
			paint,
		),
	];
}

/** What the failed cases of a run show: reports with their first frames, assertions, the diagram of a race. */
export function failureLines(hostile: Run, paint: Paint): string[] {
	const { jobs } = harmlessOutline(hostile);
	return jobs.flatMap((job) =>
		job.cases.filter(({ status }) => status === 'FAIL').flatMap((result) => caseLines(job, harmlessValue(result), '', paint)),
	);
}

/** `FAIL  5 cases: 1 FAIL, 4 PASS  9.1 s`. */
export function verdictLine(run: Run, paint: Paint): string {
	const total = Object.values(run.counts).reduce((sum, n) => sum + n, 0);
	const counts = statusesBySeverity
		.filter((status) => run.counts[status] > 0)
		.map((status) => paint(statusColors[status], `${run.counts[status]} ${status}`));
	return `${paint(statusColors[run.verdict], run.verdict)}  ${count(total, 'case')}: ${counts.join(', ') || 'none ran'}  ${paint('dim', formatDuration(run.durationMs))}`;
}

function matrixLines(matrix: Matrix, paint: Paint): string[] {
	const isQuiet = (row: Matrix['rows'][number]) => row.cells.every((cell) => cell === undefined || cell.status === 'PASS');
	const isLong = matrix.rows.length > most.matrixRows;
	const shown = (isLong ? matrix.rows.filter((row) => !isQuiet(row)) : matrix.rows).slice(0, most.matrixRows);
	const names = shown.map((row) => oneLine(`${row.suite}/${row.case}`).slice(0, most.name));
	const nameWidth = Math.max(0, ...names.map((name) => name.length));
	const widths = matrix.columns.map((column) => Math.max(column.length, 'INCONCLUSIVE'.length));
	const cell = (status: Status | undefined, width: number) =>
		status === undefined ? '-'.padEnd(width) : paint(statusColors[status], status) + ' '.repeat(Math.max(0, width - status.length));
	const left = matrix.rows.length - shown.length;
	return [
		paint('dim', [' '.repeat(nameWidth), ...matrix.columns.map((column, at) => column.padEnd(widths[at] ?? 0))].join('  ').trimEnd()),
		...shown.map((row, at) =>
			[(names[at] ?? '').padEnd(nameWidth), ...row.cells.map((one, column) => cell(one?.status, widths[column] ?? 0))].join('  ').trimEnd(),
		),
		...(left > 0 ? [paint('dim', `... and ${count(left, 'more row')}`)] : []),
	];
}

/** Jobs that could not run, together when they failed the same way: a kernel that does not build stops every suite. */
export function problems(run: Run): JobResult[][] {
	const groups = new Map<string, JobResult[]>();
	for (const job of run.jobs) {
		if (!job.problem) continue;
		const key = JSON.stringify([job.status, job.problem]);
		groups.set(key, [...(groups.get(key) ?? []), job]);
	}
	return [...groups.values()];
}

/** Why some jobs could not run, and the last lines of the log. */
export function problemLines(jobs: readonly JobResult[], paint: Paint): string[] {
	const [job] = jobs;
	if (!job?.problem) return [];
	const missed = jobs.flatMap((one) => one.cases).filter((result) => result.status === 'MISS').length;
	return [
		'',
		`${paint(statusColors[job.status], job.status)}  ${paint('bold', oneLine(job.problem.message))}${missed > 0 ? `  ${count(missed, 'case')} never ran` : ''}`,
		paint('dim', `    stops ${jobs.map((one) => one.id).join(', ')}`),
		...indent(job.problem.log.slice(-most.log)),
	];
}

function headLine(job: JobResult, result: CaseResult, paint: Paint): string {
	const repeated = rate(result);
	return [
		paint(statusColors[result.status], result.status),
		paint('bold', oneLine(`${result.suite}/${result.case}`)),
		paint('dim', `${columnOf(job)}  ${formatDuration(result.durationMs)}`),
		...(repeated === undefined ? [] : [repeated]),
		...(result.status === 'SKIP' ? [oneLine(result.reason ?? '')] : []),
	].join('  ');
}

function caseLines(job: JobResult, result: CaseResult, folder: string, paint: Paint): string[] {
	const attempt = tellingAttempt(result);
	const splats = distinctSplats(result).filter((splat) => splat.isFailure);
	const failing = attempt?.assertions.filter((assertion) => assertion.status === 'FAIL') ?? [];
	const missing = attempt?.evidence.filter((evidence) => !evidence.holds) ?? [];
	const isPlain = isFine(result.status);
	const findings = [
		...some(failing, (assertion) => [
			`not ok: ${oneLine(assertion.name)}`,
			...indent(assertion.detail?.split('\n').slice(0, most.lines) ?? []),
		]),
		...some(missing, (evidence) => [`evidence: ${oneLine(evidence.claim)}, measured ${oneLine(evidence.measured ?? 'nothing')}`]),
		...some(attempt?.leftOvers ?? [], (leftOver) => [`left over: ${oneLine(leftOver)}`]),
	];
	// A verdict's reason is its first finding, "... (and 2 more)"; said once is enough.
	const reason = oneLine(result.reason ?? '').replace(/ \(and \d+ more\)$/, '');
	const isSaid = reason === '' || findings.includes(reason) || splats.some((splat) => reason.endsWith(oneLine(splat.title)));
	return [
		headLine(job, result, paint),
		...indent([
			...(isSaid ? [] : [reason]),
			...splats.flatMap((splat) => splatLines(splat, isPlain ? 1 : most.frames, paint)),
			...findings,
			...(isPlain || attempt?.race?.text === undefined ? [] : attempt.race.text.split('\n')),
			...(isPlain || splats.length > 0
				? []
				: (attempt?.consoleTail ?? []).slice(-most.lines).map((line) => paint('dim', `console: ${line}`))),
			...(isPlain || attempt === undefined ? [] : [paint('dim', `files: ${folder}${oneLine(attempt.dir)}/`)]),
		]),
	];
}

function splatLines(splat: Splat, frames: number, paint: Paint): string[] {
	const known = splat.knownIssue === undefined ? '' : `  (known issue ${oneLine(splat.knownIssue)})`;
	const title = paint(splat.knownIssue === undefined ? 'red' : 'cyan', oneLine(splat.title));
	return [`${title}${known}`, ...indent(tellingFrames(splat, frames).map((frame) => oneLine(frameText(frame))))];
}

function slowest(all: readonly { readonly job: JobResult; readonly result: CaseResult }[]): string[] {
	return [...all]
		.filter(({ result }) => result.durationMs > 0)
		.sort((a, b) => b.result.durationMs - a.result.durationMs)
		.slice(0, most.slowest)
		.map(({ job, result }) => `${formatDuration(result.durationMs)}  ${oneLine(`${result.suite}/${result.case}`)} on ${columnOf(job)}`);
}

function fields(rows: readonly (readonly [string, readonly string[]])[], paint: Paint): string[] {
	const width = Math.max(...rows.filter(([, values]) => values.length > 0).map(([name]) => name.length));
	return rows.flatMap(([name, values]) => values.map((value, at) => `${paint('dim', (at === 0 ? name : '').padEnd(width))}  ${value}`));
}

function some<T>(items: readonly T[], lines: (item: T) => readonly string[]): string[] {
	const left = items.length - most.lines;
	return [...items.slice(0, most.lines).flatMap(lines), ...(left > 0 ? [`... and ${left} more`] : [])];
}

function indent(lines: readonly string[]): string[] {
	return lines.map((line) => `    ${line}`);
}
