/** `crucible self-test` (= `npm test`): the project's own checks; the last line is `N passed, N failed, N skipped`. */

import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { type FinalResults, Parser } from 'tap-parser';
import { checkout } from '../config/paths.ts';
import { exitCodes } from '../model/run.ts';
import { exec } from '../util/exec.ts';
import { formatDuration, harmless } from '../util/text.ts';
import type { CommandContext } from './context.ts';

interface Tally {
	passed: number;
	failed: number;
	skipped: number;
}

/** Tools that say yes or no. */
const checks = [
	{ name: 'type check', file: 'tsc', args: ['--noEmit', '--incremental', 'false'] },
	{ name: 'biome', file: 'biome', args: ['ci', '--colors=off'] },
	{ name: 'knip', file: 'knip', args: ['--no-progress'] },
];

/** Test files by kind; integration boots machines, one file after the other; nightly builds further kernels. */
const suites = [
	{ name: 'unit', args: ['runner/**/*.test.ts', '!runner/integration/**'] },
	{ name: 'integration', args: ['runner/integration/*.test.ts', '--concurrency=1', '--timeout=15m'] },
	{ name: 'nightly', args: ['runner/integration/nightly/*.test.ts', '--concurrency=1', '--timeout=60m'] },
];

export function addSelfTest(program: Command, context: CommandContext): void {
	program
		.command('self-test')
		.description("runs the project's own tests; npm test does")
		.option('--unit', 'without the tests that boot machines')
		.option('--nightly', 'with those that build further kernels, too')
		.action(async (options: { unit?: boolean; nightly?: boolean }) => {
			const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
			const { drain: signal } = context.interrupts;
			for (const check of checks) await runCheck(check, tally, signal);
			for (const suite of suites) {
				if (suite.name === 'integration' && options.unit) continue;
				if (suite.name === 'nightly' && !options.nightly) continue;
				if (suite.name === 'integration') await buildKernels(tally, signal);
				await runAva(suite, tally, signal);
			}
			process.stdout.write(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`);
			if (tally.failed > 0 || tally.passed === 0) context.finish(exitCodes.fail);
		});
}

function tool(name: string): string {
	return join(checkout.top, 'node_modules/.bin', name);
}

async function runCheck(check: (typeof checks)[number], tally: Tally, signal: AbortSignal): Promise<void> {
	const result = await exec(tool(check.file), check.args, { cwd: checkout.top, allowFailure: true, signal });
	const isOk = result.exitCode === 0;
	tally[isOk ? 'passed' : 'failed']++;
	process.stdout.write(`${isOk ? 'ok' : 'not ok'} - ${check.name} (${formatDuration(result.durationMs)})\n`);
	if (!isOk) process.stdout.write(`${result.stdout}${result.stderr}\n`);
}

/** Before the tests that boot them, so that a first build shows its progress and is not taken for a test that hangs. */
async function buildKernels(tally: Tally, signal: AbortSignal): Promise<void> {
	const result = await exec(join(checkout.top, 'crucible'), ['build', '--kernel', 'debian:6.12', '--kernel', 'debian:6.1'], {
		cwd: checkout.top,
		allowFailure: true,
		signal,
		onLine: (line) => void process.stdout.write(`# ${line}\n`),
	});
	const isOk = result.exitCode === 0;
	tally[isOk ? 'passed' : 'failed']++;
	process.stdout.write(`${isOk ? 'ok' : 'not ok'} - kernels are built (${formatDuration(result.durationMs)})\n`);
}

/** Streams AVA's TAP to stdout and counts it; a crash of AVA without a failing test counts as a failure. */
async function runAva(suite: (typeof suites)[number], tally: Tally, signal: AbortSignal): Promise<void> {
	const before = tally.failed;
	const parser = new Parser();
	parser.on('assert', (assertion) => {
		if (assertion.skip || assertion.todo) tally.skipped++;
		else tally[assertion.ok ? 'passed' : 'failed']++;
	});
	const lines = new Readable({ read() {} });
	lines.pipe(parser);
	process.stdout.write(`# ${suite.name} tests\n`);
	const result = await exec(tool('ava'), ['--tap', ...suite.args], {
		cwd: checkout.top,
		allowFailure: true,
		signal,
		onLine(line, stream) {
			// tap-parser reads nothing after a comment with a carriage return in it, such as apt's progress in a test's log.
			if (stream === 'stdout') lines.push(`${harmless(line)}\n`);
			if (!/^(TAP version|1\.\.|# (tests|pass|skip|fail)|# .* hook( |$)|$)/.test(line)) process.stdout.write(`${line}\n`);
		},
	});
	lines.push(null);
	const { count, plan } = await new Promise<FinalResults>((resolve) => parser.on('complete', resolve));
	process.stdout.write(`# ${suite.name} tests took ${formatDuration(result.durationMs)}\n`);
	if (count !== plan.end) {
		tally.failed++;
		process.stdout.write(`not ok - ${count} results were read of ${plan.end ?? 'an unknown number'}\n`);
	}
	if (result.exitCode !== 0 && tally.failed === before) {
		tally.failed++;
		process.stdout.write(`not ok - ava exited with ${result.exitCode}\n`);
	}
}
