/** A run as JUnit XML, in the dialect that CI services read: a testsuite per job, names that stay the same between runs. */

import { create } from 'xmlbuilder2';
import type { CaseResult, JobResult, Run, Splat, Status } from '../model/run.ts';
import { distinctSplats, rate, tellingAttempt } from './attempts.ts';
import { frameText } from './frame-text.ts';
import { harmlessRun, oneLine } from './harmless-run.ts';

type Element = 'failure' | 'error' | 'skipped';

// JUnit has no word for an expected failure; `skipped` is what keeps a CI green and the line visible.
const elements: Readonly<Record<Exclude<Status, 'PASS'>, Element>> = {
	FAIL: 'failure',
	INCONCLUSIVE: 'failure',
	ERROR: 'error',
	MISS: 'error',
	SKIP: 'skipped',
	XFAIL: 'skipped',
};

interface TestCase {
	readonly name: string;
	readonly status: Status;
	readonly reason: string;
	readonly durationMs: number;
	readonly text: string;
}

/** The whole document. Times are in seconds; characters that XML 1.0 forbids are gone. */
export function toJunit(hostile: Run): string {
	const run = harmlessRun(hostile);
	const jobs = run.jobs.map((job) => ({ job, cases: testCases(job) }));
	const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
		name: 'fscache-crucible',
		...totals(jobs.flatMap(({ cases }) => cases)),
		time: seconds(run.durationMs),
		timestamp: run.started,
	});
	for (const { job, cases } of jobs) {
		const suite = root.ele('testsuite', { name: job.id, ...totals(cases), time: seconds(job.durationMs), timestamp: run.started });
		const properties = suite.ele('properties');
		for (const [name, value] of Object.entries(propertiesOf(job))) if (value !== undefined) properties.ele('property', { name, value });
		for (const one of cases) {
			const testcase = suite.ele('testcase', { classname: job.id, name: oneLine(one.name), time: seconds(one.durationMs) });
			if (one.status !== 'PASS') {
				const problem = testcase.ele(elements[one.status], { type: one.status, message: oneLine(one.reason) });
				if (elements[one.status] !== 'skipped') problem.txt(one.reason);
			}
			if (one.text !== '') testcase.ele('system-out').txt(one.text);
		}
	}
	return `${root.end({ prettyPrint: true })}\n`;
}

/** A job that stopped before it listed its cases still needs a line that is red. */
function testCases(job: JobResult): TestCase[] {
	const cases = job.cases.map((result) => ({
		name: result.case,
		status: result.status,
		reason: result.reason ?? result.status,
		durationMs: result.durationMs,
		text: systemOut(result),
	}));
	if (cases.length > 0 || !job.problem || job.status === 'PASS') return cases;
	return [{ name: '(job)', status: job.status, reason: job.problem.message, durationMs: job.durationMs, text: job.problem.log.join('\n') }];
}

function propertiesOf(job: JobResult): Readonly<Record<string, string | undefined>> {
	return {
		suite: job.suite,
		'kernel.spec': job.kernelSpec,
		'kernel.config': job.config,
		'kernel.release': job.kernel?.release,
		'kernel.origin': job.kernel?.origin,
		'kernel.compiler': job.kernel?.compiler,
		'kernel.vmlinux.sha256': job.kernel?.hashes.vmlinux,
		accel: job.accel,
		qemu: job.qemu,
		problem: job.problem && [job.problem.message, ...job.problem.log].join('\n'),
	};
}

function totals(cases: readonly TestCase[]): Readonly<Record<string, number>> {
	const count = (element: Element) => cases.filter(({ status }) => status !== 'PASS' && elements[status] === element).length;
	return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
}

function systemOut(result: CaseResult): string {
	const attempt = tellingAttempt(result);
	const repeated = rate(result);
	const failing = attempt?.assertions.filter((assertion) => assertion.status === 'FAIL') ?? [];
	return [
		...(repeated === undefined ? [] : [`attempts: ${repeated}`]),
		...failing.map(({ name, detail }) => `not ok: ${name}${detail === undefined ? '' : `\n${detail}`}`),
		...(attempt?.evidence.map(
			({ claim, measured, holds }) => `evidence: ${claim}, measured ${measured ?? 'nothing'}${holds ? '' : ' (does not hold)'}`,
		) ?? []),
		...(attempt?.leftOvers.map((line) => `left over: ${line}`) ?? []),
		...distinctSplats(result).flatMap(splatLines),
		...(result.status === 'PASS' ? [] : [`reproduce: ${result.reproduce}`]),
	].join('\n');
}

function splatLines(splat: Splat): string[] {
	const note = splat.knownIssue !== undefined ? ` (known issue ${splat.knownIssue})` : splat.isFailure ? '' : ' (asked for)';
	const stacks = splat.stacks.flatMap((stack) => [
		`  ${stack.role}${stack.note === undefined ? '' : `, ${stack.note}`}:`,
		...stack.frames.map((frame) => `    ${frameText(frame)}`),
	]);
	return [`splat: ${splat.title}${note} [${splat.fingerprint}]`, ...stacks];
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(3);
}
