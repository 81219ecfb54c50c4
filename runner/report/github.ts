/** For GitHub Actions: workflow commands that annotate failures, and the step summary in Markdown. */

import type { Trends } from '../model/history.ts';
import type { Nightly } from '../model/nightly.ts';
import type { CaseResult, JobResult, Run } from '../model/run.ts';
import { harmless } from '../util/text.ts';

/** GitHub shows ten errors and ten warnings of a step; the summary has them all. */
const mostOfAKind = 10;
/** Of each table: a summary has 1 MiB. */
const mostRows = 200;

/** `::error …` for what failed or broke on our side, `::warning …` for what proves nothing; at most ten of each. */
export function githubAnnotations(runs: readonly Run[]): string[] {
	const told = runs.flatMap((run) =>
		run.jobs.flatMap((job) => [
			...(job.problem ? [command('error', `${job.suite} on ${job.kernelSpec}`, job.problem.message)] : []),
			...job.cases.flatMap((result) => annotationOf(job, result) ?? []),
		]),
	);
	return ['::error', '::warning'].flatMap((kind) => told.filter((line) => line.startsWith(kind)).slice(0, mostOfAKind));
}

function annotationOf(job: JobResult, { case: name, status, reason = '', reproduce }: CaseResult): string | undefined {
	const kind = status === 'FAIL' || status === 'ERROR' ? 'error' : status === 'INCONCLUSIVE' ? 'warning' : undefined;
	if (kind === undefined) return undefined;
	const title = `${status} ${job.suite}/${name} on ${job.kernelSpec} ${job.config}`;
	return command(kind, title, `${reason}\n${reproduce}`);
}

/** Escaped as the runner's own toolkit does: % first, then what would end the line or the property. */
function command(kind: 'error' | 'warning', title: string, message: string): string {
	const data = (text: string) => harmless(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
	return `::${kind} title=${data(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${data(message)}`;
}

/** The night in Markdown: the matrix, what changed, what is flaky, what was seen for the first time. */
export function stepSummary(nightly: Nightly, { cases, sightings, nights }: Trends): string {
	const changed = cases.filter(({ kind }) => kind === 'broken' || kind === 'fixed');
	const flaky = cases.filter(({ kind }) => kind === 'flaky');
	const failing = cases.filter(({ statuses, kind }) => statuses.at(-1) === 'FAIL' && kind !== 'broken' && kind !== 'flaky');
	const rows = (title: string, list: Trends['cases']) =>
		table(
			title,
			['case', 'kernel', 'config', 'nights', 'failed', '95 %'],
			list.map((row) => [row.path, row.kernel, row.config, row.statuses.join(' '), `${row.failed}/${row.votes}`, percent(row.interval)]),
		);
	return [
		`## Nightly ${nightly.id}`,
		...table(
			'',
			['kernel', 'config', 'verdict'],
			nightly.cells.map(({ kernel, config, verdict, problem }) => [kernel, config, problem ?? verdict ?? 'did not run']),
		),
		...rows('Broken and fixed', changed),
		...rows('Still failing', failing),
		...rows(`Flaky over ${nights.length} nights`, flaky),
		...table(
			'Splats of this night',
			['fingerprint', 'title', 'first seen', 'nights', 'times', 'cases'],
			sightings
				.filter(({ lastSeen }) => lastSeen === nightly.id)
				.map((row) => [
					row.fingerprint,
					row.title,
					row.firstSeen === nightly.id ? '**this night**' : row.firstSeen,
					`${row.nights}`,
					`${row.times}`,
					row.paths.join(', '),
				]),
		),
		'',
	].join('\n');
}

function percent([low, high]: readonly [number, number]): string {
	return `${Math.round(low * 100)}–${Math.round(high * 100)} %`;
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
	if (rows.length === 0) return [];
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	const more = rows.length > mostRows ? ['', `and ${rows.length - mostRows} more`] : [];
	const heading = title === '' ? [''] : ['', `### ${title}`, ''];
	return [...heading, line(head), line(head.map(() => '---')), ...rows.slice(0, mostRows).map((row) => line(row.map(cell))), ...more];
}

/** Text of a guest neither ends a cell nor becomes markup; our own bold stays. */
function cell(text: string): string {
	if (text === '**this night**') return text;
	return harmless(text)
		.replace(/[\\`*_{}[\]#|~]/g, '\\$&')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replace(/\s+/g, ' ');
}
