/** A run as TAP version 14: a subtest per job, in it a test point per case with what it showed as YAML. */

import { stringify } from 'yaml';
import type { CaseResult, JobResult, Run, Status } from '../model/run.ts';
import { distinctSplats, knownIssues, rate, tellingAttempt } from './attempts.ts';
import { frameText, tellingFrames } from './frame-text.ts';
import { harmlessOutline, harmlessValue, oneLine } from './harmless-run.ts';

/** The whole document in pieces. Parses with any TAP 14 parser; a run without jobs is a skipped plan. */
export function* tapPieces(hostile: Run): Generator<string> {
	const run = harmlessOutline(hostile);
	yield text(['TAP version 14', run.jobs.length === 0 ? '1..0 # SKIP nothing was selected' : `1..${run.jobs.length}`]);
	for (const [at, job] of run.jobs.entries()) yield* jobPieces(job, at + 1);
}

export function toTap(run: Run): string {
	return [...tapPieces(run)].join('');
}

function* jobPieces(job: JobResult, number: number): Generator<string> {
	if (job.cases.length > 0) {
		yield text([`# Subtest: ${escaped(job.id)}`, ...indent([`1..${job.cases.length}`])]);
		for (const [at, result] of job.cases.entries()) yield text(indent(caseLines(harmlessValue(result), at + 1)));
	}
	const diagnostics = {
		status: job.status,
		kernel: job.kernel?.release,
		accel: job.accel,
		qemu: job.qemu,
		duration_ms: job.durationMs,
		message: job.problem?.message,
		log: job.problem?.log,
	};
	// The accepted failures are marked on the cases; a whole job is a TODO of nobody.
	yield text([point(number, job.status === 'XFAIL' ? 'PASS' : job.status, job.id, job.problem?.message), ...yaml(diagnostics)]);
}

/** Assertions are no third level of subtests: parsers that flatten keep the leaves, and the leaf must carry the verdict. */
function caseLines(result: CaseResult, number: number): string[] {
	const attempt = tellingAttempt(result);
	const why = result.status === 'XFAIL' ? `known issue ${knownIssues(result).join(', ') || (result.reason ?? '')}` : result.reason;
	const failed = attempt?.assertions.filter((assertion) => assertion.status === 'FAIL') ?? [];
	const splats = distinctSplats(result).map((splat) => ({
		title: splat.title,
		fingerprint: splat.fingerprint,
		known_issue: splat.knownIssue,
		frames: tellingFrames(splat, 5).map(frameText),
	}));
	const diagnostics = {
		status: result.status,
		summary: result.summary,
		reason: result.reason,
		duration_ms: result.durationMs,
		rate: rate(result),
		assertions: attempt?.assertions.length,
		failed: filled(failed.map(({ name, detail }) => ({ name, detail }))),
		evidence: filled(attempt?.evidence.map(({ claim, measured, holds }) => ({ claim, measured: measured ?? null, holds })) ?? []),
		splats: filled(splats),
		left_over: filled(attempt?.leftOvers ?? []),
		...(result.status !== 'PASS' && { files: attempt?.dir, reproduce: result.reproduce }),
	};
	return [point(number, result.status, result.case, why), ...yaml(diagnostics)];
}

/** `ok 1 - name`, `not ok 2 - name # TODO known issue x`, `ok 3 - name # SKIP reason`. */
function point(number: number, status: Status, name: string, why = ''): string {
	const isOk = status === 'PASS' || status === 'SKIP';
	const directive = status === 'SKIP' ? ` # SKIP ${escaped(why)}` : status === 'XFAIL' ? ` # TODO ${escaped(why)}` : '';
	return `${isOk ? 'ok' : 'not ok'} ${number} - ${escaped(name)}${directive}`.trimEnd();
}

function text(lines: readonly string[]): string {
	return `${lines.join('\n')}\n`;
}

function indent(lines: readonly string[]): string[] {
	return lines.map((line) => `    ${line}`);
}

/** A diagnostic block; keys without a value are left out. */
function yaml(value: Readonly<Record<string, unknown>>): string[] {
	const lines = stringify(value, {
		lineWidth: 0,
		doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
		keepUndefined: false,
		defaultStringType: 'QUOTE_DOUBLE',
		defaultKeyType: 'PLAIN',
	})
		.trimEnd()
		.split('\n');
	return ['  ---', ...lines.map((line) => `  ${line}`), '  ...'];
}

function filled<T>(items: readonly T[]): readonly T[] | undefined {
	return items.length > 0 ? items : undefined;
}

/** TAP 14 knows two escapes in a description: of the hash that starts a directive, and of the backslash itself. */
function escaped(text: string): string {
	return oneLine(text).replace(/[\\#]/g, '\\$&');
}
