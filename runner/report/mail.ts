/** A run as the plain-text reply to a patch: what was tested, the matrix, what failed with its evidence, how to reproduce it. */

import type { CaseResult, JobResult, Run, Splat } from '../model/run.ts';
import { count } from '../util/text.ts';
import { distinctSplats, rate, tellingAttempt, tellingSeed } from './attempts.ts';
import { frameText } from './frame-text.ts';
import { harmlessOutline, harmlessValue, oneLine } from './harmless-run.ts';
import { columnOf, matrixOf } from './matrix.ts';
import { bySeverity, isFine, statusesBySeverity } from './severity.ts';
import { problems } from './summary.ts';

// A mail that is longer is not read; the report has the rest.
const most = { cases: 5, frames: 12, matrixRows: 60 } as const;

export interface MailOptions {
	/** `A U Thor <author@example.org>`, who tested. */
	readonly tester: string;
	/** Titles of the patches that were tested. */
	readonly patches: readonly string[];
}

/** The text of the mail, without headers. */
export function toMail(hostile: Run, { tester, patches }: MailOptions): string {
	const run = harmlessOutline(hostile);
	const all = run.jobs.flatMap((job) => job.cases.map((result) => ({ job, result })));
	const failed = all
		.filter(({ result }) => !isFine(result.status) && result.attempts.length > 0)
		.sort((a, b) => bySeverity(a.result.status, b.result.status));
	const isGood = run.verdict === 'PASS' || run.verdict === 'XFAIL';
	const trailer = isGood
		? [`Tested-by: ${tester}`]
		: failed.some(({ result }) => result.status === 'FAIL')
			? [`Reported-by: ${tester}`]
			: [];
	return `${[
		...(patches.length > 0
			? [
					`I tested ${patches.length === 1 ? 'this patch' : 'this series'} with fscache-crucible:`,
					'',
					...patches.map((title) => `  ${oneLine(title)}`),
				]
			: ['Tested with fscache-crucible:']),
		'',
		`  ${resultLine(run)}`,
		'',
		...kernelLines(run),
		'',
		...matrixLines(run),
		...problems(run).flatMap(problemLines),
		...failed.slice(0, most.cases).flatMap(({ job, result }) => caseLines(run, job, harmlessValue(result))),
		...(failed.length > most.cases ? ['', `${count(failed.length - most.cases, 'more case')} did not pass.`] : []),
		...(trailer.length > 0 ? ['', ...trailer] : []),
	]
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trimEnd()}\n`;
}

/** `FAIL: 12 cases, 1 FAIL, 11 PASS`. */
function resultLine(run: Run): string {
	const counts = statusesBySeverity.filter((status) => run.counts[status] > 0).map((status) => `${run.counts[status]} ${status}`);
	const total = Object.values(run.counts).reduce((sum, n) => sum + n, 0);
	return `${run.verdict}: ${count(total, 'case')}, ${counts.join(', ')}`;
}

function kernelLines(run: Run): string[] {
	const seen = new Map(run.jobs.flatMap((job) => (job.kernel ? [[columnOf(job), job] as const] : [])));
	return [...seen.values()].flatMap(({ kernel, config, qemu, accel }) => [
		`  kernel   ${oneLine(kernel?.origin ?? '')}`,
		`           ${oneLine(kernel?.release ?? '')}, ${config}, ${oneLine(kernel?.compiler ?? '')}`,
		`  machine  ${oneLine([qemu, accel?.toUpperCase()].filter(Boolean).join(', '))}`,
	]);
}

function matrixLines(run: Run): string[] {
	const { columns, rows } = matrixOf(run);
	const shown = rows.slice(0, most.matrixRows).map((row) => ({ ...row, name: oneLine(`${row.suite}/${row.case}`) }));
	const width = Math.max(0, ...shown.map(({ name }) => name.length));
	const widths = columns.map((column) => Math.max(column.length, 'INCONCLUSIVE'.length));
	const line = (name: string, cells: readonly string[]) =>
		`  ${[name.padEnd(width), ...cells.map((cell, at) => cell.padEnd(widths[at] ?? 0))].join('  ')}`.trimEnd();
	return [
		...(columns.length > 1 ? [line('', columns)] : []),
		...shown.map(({ name, cells }) =>
			line(
				name,
				cells.map((cell) => cell?.status ?? '-'),
			),
		),
		...(rows.length > shown.length ? [`  ... and ${count(rows.length - shown.length, 'more case')}`] : []),
	];
}

function problemLines(jobs: readonly JobResult[]): string[] {
	const [job] = jobs;
	if (!job?.problem) return [];
	const kernels = [...new Set(jobs.map(columnOf))].join(' and ');
	return ['', `${kernels} cannot be tested: ${oneLine(job.problem.message)}`, '', ...job.problem.log.slice(-20).map((text) => `  ${text}`)];
}

function caseLines(run: Run, job: JobResult, result: CaseResult): string[] {
	const attempt = tellingAttempt(result);
	const failing = attempt?.assertions.filter(({ status }) => status === 'FAIL') ?? [];
	const splats = distinctSplats(result).filter((splat) => splat.isFailure);
	const often = rate(result);
	const seed = tellingSeed(job, result);
	const isPatched = job.kernel?.origin.includes(' + ') ?? false;
	return [
		'',
		`${result.status}  ${result.suite}/${result.case} on ${columnOf(job)}${often === undefined ? '' : ` (${often})`}`,
		`  ${oneLine(result.summary)}`,
		...(splats.length === 0 && failing.length === 0 && result.reason !== undefined ? [`  ${oneLine(result.reason)}`] : []),
		...failing.flatMap(({ name, detail }) => [`  not ok: ${oneLine(name)}`, ...(detail?.split('\n').map((text) => `    ${text}`) ?? [])]),
		...splats.flatMap(splatLines),
		...(attempt?.race?.text === undefined ? [] : ['', ...attempt.race.text.split('\n').map((text) => `  ${text}`)]),
		'',
		'  Reproduce, in a checkout of fscache-crucible:',
		'',
		`    ${result.reproduce}${seed === undefined ? '' : ` --seed ${seed}`}${isPatched ? ' --patch <this series>' : ''}`,
		...(result.status === 'FAIL' ? [`    (a script that does: results/${run.id}/${attempt?.dir ?? ''}/repro.sh)`] : []),
	];
}

function splatLines(splat: Splat): string[] {
	return [
		'',
		`  ${oneLine(splat.title)}`,
		...splat.stacks.flatMap(({ role, note, frames }) => [
			`  ${role}${note === undefined ? '' : `, ${oneLine(note)}`}:`,
			...frames
				.filter(({ unreliable }) => !unreliable)
				.slice(0, most.frames)
				.map((frame) => `    ${oneLine(frameText(frame))}`),
		]),
	];
}
