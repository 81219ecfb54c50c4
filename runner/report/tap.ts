/** A run as TAP version 14: a subtest per job, in it a test point per case with what it showed as YAML. */

import { stringify } from 'yaml';
import type { CaseResult, JobResult, Run, Status } from '../model/run.ts';
import { distinctSplats, knownIssues, rate, tellingAttempt } from './attempts.ts';
import { frameText, tellingFrames } from './frame-text.ts';
import { harmlessRun, oneLine } from './harmless-run.ts';

/** The whole document. Parses with any TAP 14 parser; a run without jobs is a skipped plan. */
export function toTap(hostile: Run): string {
	const run = harmlessRun(hostile);
	const plan = run.jobs.length === 0 ? ['1..0 # SKIP nothing was selected'] : [`1..${run.jobs.length}`];
	return `${['TAP version 14', ...plan, ...run.jobs.flatMap((job, at) => jobLines(job, at + 1))].join('\n')}\n`;
}

function jobLines(job: JobResult, number: number): string[] {
	const cases = job.cases.flatMap((result, at) => caseLines(result, at + 1));
	const diagnostics = {
		status: job.status,
		kernel: job.kernel?.release,
		accel: job.accel,
		qemu: job.qemu,
		duration_ms: job.durationMs,
		message: job.problem?.message,
		log: job.problem?.log,
	};
	return [
		...(job.cases.length > 0 ? subtest(job.id, [`1..${job.cases.length}`, ...cases]) : []),
		// The accepted failures are marked on the cases; a whole job is a TODO of nobody.
		point(number, job.status === 'XFAIL' ? 'PASS' : job.status, job.id, job.problem?.message),
		...yaml(diagnostics),
	];
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

function subtest(name: string, lines: readonly string[]): string[] {
	return [`# Subtest: ${escaped(name)}`, ...lines.map((line) => `    ${line}`)];
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
