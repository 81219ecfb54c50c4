/** A run as JUnit XML, in the dialect that CI services read: a testsuite per job, names that stay the same between runs. */

import { createCB } from 'xmlbuilder2';
import type { CaseResult, JobResult, Run, Splat, Status } from '../model/run.ts';
import { distinctSplats, rate, tellingAttempt } from './attempts.ts';
import { frameText } from './frame-text.ts';
import { harmlessOutline, harmlessValue, oneLine } from './harmless-run.ts';

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

/** The whole document in pieces. Times are in seconds; characters that XML 1.0 forbids are gone. */
export function* junitPieces(hostile: Run): Generator<string> {
	const run = harmlessOutline(hostile);
	let written = '';
	const take = () => {
		const piece = written;
		written = '';
		return piece;
	};
	const xml = createCB({
		prettyPrint: true,
		data: (text: string) => {
			written += text;
		},
	});
	xml.dec({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
		name: 'fscache-crucible',
		...totals(run.jobs.flatMap(statusesOf)),
		time: seconds(run.durationMs),
		timestamp: run.started,
	});
	for (const job of run.jobs) {
		xml.ele('testsuite', { name: job.id, ...totals(statusesOf(job)), time: seconds(job.durationMs), timestamp: run.started });
		xml.ele('properties');
		for (const [name, value] of Object.entries(propertiesOf(job))) if (value !== undefined) xml.ele('property', { name, value }).up();
		xml.up();
		for (const one of testCases(job)) {
			xml.ele('testcase', { classname: job.id, name: oneLine(one.name), time: seconds(one.durationMs) });
			if (one.status !== 'PASS') {
				xml.ele(elements[one.status], { type: one.status, message: oneLine(one.reason) });
				if (elements[one.status] !== 'skipped') xml.txt(one.reason);
				xml.up();
			}
			if (one.text !== '') xml.ele('system-out').txt(one.text).up();
			xml.up();
			yield take();
		}
		xml.up();
	}
	xml.end();
	yield `${take()}\n`;
}

export function toJunit(run: Run): string {
	return [...junitPieces(run)].join('');
}

/** A job that stopped before it listed its cases still needs a line that is red. */
function isSpeechless(job: JobResult): boolean {
	return job.cases.length === 0 && job.problem !== undefined && job.status !== 'PASS';
}

function statusesOf(job: JobResult): Status[] {
	return isSpeechless(job) ? [job.status] : job.cases.map(({ status }) => status);
}

function* testCases(job: JobResult): Generator<TestCase> {
	if (isSpeechless(job) && job.problem) {
		const { message, log } = job.problem;
		yield { name: '(job)', status: job.status, reason: message, durationMs: job.durationMs, text: log.join('\n') };
	}
	for (const result of job.cases) yield testCase(harmlessValue(result));
}

function testCase(result: CaseResult): TestCase {
	return {
		name: result.case,
		status: result.status,
		reason: result.reason ?? result.status,
		durationMs: result.durationMs,
		text: systemOut(result),
	};
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

function totals(statuses: readonly Status[]): Readonly<Record<string, number>> {
	const count = (element: Element) => statuses.filter((status) => status !== 'PASS' && elements[status] === element).length;
	return { tests: statuses.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
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
