/** The command as a user runs it, for tests that boot. */

import { join } from 'node:path';
import { execa } from 'execa';
import { checkout } from '../config/paths.ts';
import type { CaseResult, Run } from '../model/run.ts';

export interface Ran {
	readonly exitCode: number | undefined;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs `./crucible` with plain output; a non-zero exit is a result. */
export async function crucible(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
	const { exitCode, stdout, stderr } = await execa(join(checkout.top, 'crucible'), args, {
		reject: false,
		cwd: checkout.top,
		stdin: 'ignore',
		env: { CI: 'true', NO_COLOR: '1', ...env },
	});
	return { exitCode, stdout, stderr };
}

/** `crucible run … --json`, parsed; stderr is put into the error when there is no document. */
export async function runJson(args: readonly string[]): Promise<{ run: Run; exitCode: number | undefined; stderr: string }> {
	const { stdout, stderr, exitCode } = await crucible(['run', '--json', ...args]);
	try {
		return { run: JSON.parse(stdout) as Run, exitCode, stderr };
	} catch {
		throw new Error(`crucible run ${args.join(' ')} exited with ${exitCode} and printed no run:\n${stderr}`);
	}
}

/** All case results of a run by `suite/case`. */
export function resultsOf(run: Run): ReadonlyMap<string, CaseResult> {
	return new Map(run.jobs.flatMap((job) => job.cases.map((result) => [`${result.suite}/${result.case}`, result])));
}

/** `suite/case STATUS reason`, a line each, for messages of failing tests. */
export function outline(run: Run): string {
	return run.jobs
		.flatMap((job) => job.cases.map((result) => `${job.id} ${result.case} ${result.status} ${result.reason ?? ''}`))
		.join('\n');
}
