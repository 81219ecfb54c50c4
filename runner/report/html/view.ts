/** What report.html shows, as values: the template only places them. */

import type { Attempt, CaseResult, Frame, JobResult, KernelIdentity, Run, Splat, Status } from '../../model/run.ts';
import { count, formatDuration } from '../../util/text.ts';
import { distinctSplats, rate, tellingAttempt } from '../attempts.ts';
import { callText, placeText, tellingFrames } from '../frame-text.ts';
import { harmlessOutline, harmlessValue, oneLine } from '../harmless-run.ts';
import { historyText } from '../history.ts';
import { columnOf, type Matrix, matrixOf } from '../matrix.ts';
import { bySeverity, isFine, statusesBySeverity } from '../severity.ts';
import type { Beside } from './beside.ts';
import { diagramSvg } from './diagram-svg.ts';
import { attemptTimeline, runTimeline } from './timeline.ts';

// More rows than this, and those in which all is well are folded away.
const foldedMatrixRows = 60;
// Nobody reads a table of thousands; the list below it has a filter.
const mostMatrixRows = 200;

// A long run's cases are rows until somebody opens them: browsers take seconds for what ten thousand of them hold.
const mostWholeCases = 500;

/** A run without its cases, harmless and ready to be placed. */
export function viewOf(hostile: Run) {
	const run = harmlessOutline(hostile);
	const total = Object.values(run.counts).reduce((sum, n) => sum + n, 0);
	const kernels = [...new Set(run.jobs.map(columnOf))];
	const accels = [...new Set(run.jobs.flatMap((job) => job.accel?.toUpperCase() ?? []))];
	return {
		id: run.id,
		verdict: run.verdict,
		headline: headline(run, total),
		command: run.command.join(' '),
		facts: [
			kernels.join(', '),
			`${count(new Set(run.jobs.map((job) => job.suite)).size, 'suite')}, ${count(total, 'case')}`,
			...accels,
			`${run.started.slice(0, 16).replace('T', ' ')} UTC`,
			formatDuration(run.durationMs),
			...(run.ended === undefined ? ['interrupted'] : []),
		].filter((fact) => fact !== ''),
		counts: statusesBySeverity.filter((status) => run.counts[status] > 0).map((status) => ({ status, n: run.counts[status] })),
		notes: run.notes,
		problems: problemsOf(run),
		matrix: matrixView(harmlessValue(matrixOf(run))),
		timeline: runTimeline(hostile, (job, name) => `#${anchor(job, name)}`),
		findings: findingsOf(hostile),
		identity: identityOf(run),
		kernels: kernelsOf(run),
		isLong: total > mostWholeCases,
		hasOneColumn: kernels.length < 2,
		kernelWidth: Math.min(32, Math.max(0, ...kernels.map((name) => name.length))),
	};
}

/** The cases, worst first, each harmless and ready to be placed; one at a time. */
export function* caseViews(hostile: Run, beside: Beside) {
	const all = harmlessOutline(hostile).jobs.flatMap((job) => job.cases.map((result) => ({ job, result })));
	all.sort((a, b) => bySeverity(a.result.status, b.result.status));
	const first = all.find(({ result: { status } }) => !isFine(status) && status !== 'MISS');
	const isLong = all.length > mostWholeCases;
	for (const one of all) {
		yield { ...caseView(one.job, harmlessValue(one.result), beside), isOpen: one === first, isLazy: isLong && one !== first };
	}
}

function headline(run: Run, total: number): string {
	const n = run.counts[run.verdict];
	const of = n === total ? `all ${count(total, 'case')}` : `${n} of ${count(total, 'case')}`;
	const words: Readonly<Record<Status, string>> = {
		PASS: run.counts.PASS === total ? `${of} passed` : `${of} passed, nothing unexpected`,
		FAIL: `${of} failed`,
		ERROR: `${of} ended by an error on our side`,
		INCONCLUSIVE: `${of} without evidence`,
		MISS: n > 0 ? `${of} never ran` : 'nothing could run',
		SKIP: `${of} skipped`,
		XFAIL: `${of} failed as a known issue says`,
	};
	return total === 0 ? 'no case ran' : words[run.verdict];
}

/** The id of a case's element: stable between runs, so that links to it stay good. */
function anchor(job: string, name: string): string {
	return `case-${job}--${name}`.replace(/[^A-Za-z0-9._-]/g, '_');
}

/** A relative link below the run directory, or nothing when the path leads out of it. */
export function linkTo(path: string): string | undefined {
	const parts = path.split('/');
	if (path === '' || parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
	return parts.map(encodeURIComponent).join('/');
}

function caseView(job: JobResult, result: CaseResult, { files, texts, history }: Beside) {
	const attempt = tellingAttempt(result);
	const splats = distinctSplats(result);
	const past = history.get(`${job.id}/${result.case}`) ?? [];
	const text = attempt && texts.get(attempt.dir);
	const passed = attempt?.assertions.filter(({ status }) => status === 'PASS') ?? [];
	return {
		id: anchor(job.id, result.case),
		status: result.status,
		path: `${result.suite}/${result.case}`,
		kernel: columnOf(job),
		summary: result.summary,
		reason: result.status === 'PASS' ? undefined : result.reason,
		/** A pass is worth its evidence: what held, on the row itself. */
		proof: result.status === 'PASS' ? (attempt?.evidence.slice(0, 4).map(({ claim }) => claim) ?? []) : [],
		duration: result.attempts.length > 0 ? formatDuration(result.durationMs) : '',
		rate: rate(result),
		/** What the filter finds besides what the row shows. */
		find: splats.map((splat) => `${splat.title} ${splat.fingerprint}`).join(' '),
		attempts: result.attempts.length < 2 ? [] : result.attempts.map((one, at) => attemptView(one, at, files)),
		notable: attempt?.assertions.filter(({ status }) => status !== 'PASS') ?? [],
		passed: passed.map(({ name }) => name),
		evidence: attempt?.evidence ?? [],
		leftOvers: attempt?.leftOvers ?? [],
		counters: Object.entries(attempt?.counters ?? {}).map(([name, [before, after]]) => ({ name, before, after, delta: after - before })),
		measured: Object.entries(attempt?.measured ?? {}),
		splats: splats.map((splat) => splatView(splat, result)),
		race: attempt?.race && { svg: attempt.race.diagram ? diagramSvg(attempt.race.diagram) : '', text: attempt.race.text ?? '' },
		timeline: attempt && (text || attempt.race) && attemptTimeline(attempt, text ?? { console: '', trace: '' }),
		history: past,
		historyText: historyText(past),
		consoleTail: attempt?.consoleTail ?? [],
		files: attempt === undefined ? [] : fileLinks(attempt.dir, files),
		reproduce: result.reproduce,
	};
}

function attemptView(attempt: Attempt, at: number, files: Beside['files']) {
	return {
		number: at + 1,
		status: attempt.status,
		duration: formatDuration(attempt.durationMs),
		reason: attempt.reason ?? '',
		files: fileLinks(attempt.dir, files),
	};
}

function fileLinks(dir: string, files: Beside['files']): { name: string; href: string }[] {
	const links = [{ name: `${dir}/`, path: dir }, ...(files.get(dir) ?? []).map((name) => ({ name, path: `${dir}/${name}` }))];
	return links.flatMap(({ name, path }) => {
		const href = linkTo(path);
		return href === undefined ? [] : [{ name, href }];
	});
}

function splatView(splat: Splat, result: CaseResult) {
	const accused = tellingFrames(splat, 1)[0];
	const seenIn = result.attempts.flatMap((attempt, at) =>
		attempt.splats.some((one) => one.fingerprint === splat.fingerprint) ? [at + 1] : [],
	);
	return {
		title: splat.title,
		place: (accused && placeText(accused)) ?? '',
		color: !splat.isFailure ? 'SKIP' : splat.knownIssue === undefined ? 'FAIL' : 'XFAIL',
		remark: splat.knownIssue !== undefined ? `known issue ${splat.knownIssue}` : splat.isFailure ? '' : 'asked for',
		facts: [
			splat.task && `task ${splat.task.comm}${splat.task.pid === undefined ? '' : `, pid ${splat.task.pid}`}`,
			splat.cpu === undefined ? undefined : `CPU ${splat.cpu}`,
			splat.guestTime === undefined ? undefined : `at ${splat.guestTime.toFixed(6)} s of guest time`,
			result.attempts.length > 1 ? `in attempt ${seenIn.join(', ')}` : undefined,
			`fingerprint ${splat.fingerprint}`,
		].filter((fact) => fact !== undefined),
		stacks: splat.stacks.map(({ role, note, frames }) => ({
			role,
			note,
			frames: frames.map((frame) => frameView(frame, frame === accused)),
		})),
		text: splat.text,
	};
}

function frameView(frame: Frame, isAccused: boolean) {
	const kinds = [frame.unreliable && 'unreliable', frame.inlined && 'inlined', isAccused && 'accused'];
	return {
		call: callText(frame),
		module: frame.module,
		place: placeText(frame) ?? '',
		kinds: kinds.filter(Boolean).join(' '),
		/** Open where the report points. */
		isOpen: isAccused,
		source: frame.source?.lines.map((text, at) => ({
			n: (frame.source?.first ?? 0) + at,
			text,
			isIt: frame.source && frame.source.first + at === frame.line,
		})),
	};
}

// More than this and the list below says it better.
const mostFindings = 8;

/** What a reader must hear first: each thing that failed, once, worst first, with the cases it failed in. */
function findingsOf(hostile: Run) {
	const found = new Map<string, { status: Status; text: string; href: string; n: number }>();
	for (const job of hostile.jobs)
		for (const result of job.cases) {
			if (isFine(result.status) || result.status === 'MISS') continue;
			const splat = distinctSplats(result).find(({ isFailure, knownIssue }) => isFailure && knownIssue === undefined);
			const text = oneLine(splat?.title ?? `${result.suite}/${result.case}: ${result.reason ?? 'no reason was given'}`);
			const key = `${result.status} ${splat?.fingerprint ?? text}`;
			const one = found.get(key);
			if (one) one.n++;
			else found.set(key, { status: result.status, text, href: `#${anchor(job.id, result.case)}`, n: 1 });
		}
	const all = [...found.values()].sort((a, b) => bySeverity(a.status, b.status) || b.n - a.n);
	return {
		shown: all.slice(0, mostFindings).map((one) => ({ ...one, cases: count(one.n, 'case') })),
		more: Math.max(0, all.length - mostFindings),
	};
}

/** Jobs that could not run, together when they failed the same way. */
function problemsOf(run: Run): { status: Status; message: string; jobs: string[]; log: string }[] {
	const groups = new Map<string, { status: Status; message: string; jobs: string[]; log: string }>();
	for (const { id, status, problem } of run.jobs) {
		if (!problem) continue;
		const key = JSON.stringify([status, problem]);
		const group = groups.get(key) ?? { status, message: problem.message, jobs: [], log: problem.log.join('\n') };
		groups.set(key, group);
		group.jobs.push(id);
	}
	return [...groups.values()];
}

function matrixView(matrix: Matrix) {
	const rows = matrix.rows.map((row) => ({
		suite: row.suite,
		case: row.case,
		isQuiet: row.cells.every((cell) => cell === undefined || cell.status === 'PASS'),
		cells: row.cells.map((cell) => cell && { status: cell.status, href: `#${anchor(cell.job, row.case)}` }),
	}));
	const isLong = rows.length > foldedMatrixRows;
	const loud = isLong ? rows.filter((row) => !row.isQuiet) : rows;
	const shown = loud.slice(0, mostMatrixRows);
	const folded = isLong ? [...loud.slice(mostMatrixRows), ...rows.filter((row) => row.isQuiet)] : [];
	const more = `${folded.length} more${loud.length > shown.length ? '' : ' in which every case passed'}`;
	return { columns: matrix.columns, shown, folded, more, isLazy: folded.length > mostWholeCases };
}

function identityOf(run: Run): (readonly [string, string])[] {
	const { crucible, host } = run;
	return [
		['run', run.id],
		['started', run.started],
		['ended', run.ended ?? 'not by itself: it was interrupted'],
		['exit code', String(run.exitCode)],
		['crucible', `${crucible.version}${crucible.commit === undefined ? '' : `, commit ${crucible.commit}`}`],
		['host', `${host.os}, ${count(host.cpus, 'CPU')}, ${host.memoryMiB} MiB, Node ${host.node}`],
	];
}

function kernelsOf(run: Run): { name: string; facts: (readonly [string, string])[]; modules: (readonly [string, string])[] }[] {
	const seen = new Map<string, { job: JobResult; kernel: KernelIdentity }>();
	for (const job of run.jobs) if (job.kernel && !seen.has(columnOf(job))) seen.set(columnOf(job), { job, kernel: job.kernel });
	return [...seen].map(([name, { job, kernel }]) => ({
		name,
		facts: [
			['release', kernel.release],
			['origin', kernel.origin],
			['compiler', kernel.compiler],
			['machine', [job.qemu, job.accel?.toUpperCase()].filter(Boolean).join(', ')],
			['vmlinux', kernel.hashes.vmlinux],
			['.config', kernel.hashes.config],
		],
		modules: Object.entries(kernel.hashes.modules),
	}));
}
