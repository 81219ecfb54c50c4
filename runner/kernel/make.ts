/** make, run so that nothing of it outlives us and no two of them work in one build folder. */

import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { InfraError, KernelError } from '../util/errors.ts';
import { start } from '../util/exec.ts';
import { errorLines, firstError, isHostFailure, parseStep, type Step } from './make-output.ts';
import type { Environment } from './toolchain.ts';

export interface Make {
	readonly tree: string;
	/** The build folder (O=). */
	readonly output: string;
	readonly variables: readonly string[];
	readonly env: Environment;
	readonly jobs: number;
	readonly signal?: AbortSignal | undefined;
	readonly onStep?: (step: Step) => void;
	/** Called for every line of stderr. */
	readonly onComplaint?: (line: string) => void;
	/** Called once when compilers of a killed run are still at work in the folder. */
	readonly onWait?: () => void;
}

// make runs in a session of its own. When we die, by whatever signal, our end of its stdin closes and the whole group
// gets SIGTERM, on which make removes the targets it was at. Descriptor 3 is flock's and has to stay open.
const guarded = `
	exec 8<&0 </dev/null
	(read -r _ <&8; trap '' TERM; kill -TERM 0) &
	guard=$!
	"$@" 8<&-
	status=$?
	kill -KILL $guard; wait $guard 2>/dev/null
	exit $status`;

/**
 * Runs `make O=<output> <targets>`. Throws KernelError (stage build) with the compiler's lines when it fails, InfraError
 * when disk or memory ran out, and the signal's reason when aborted, after everything it started has ended.
 */
export async function runMake(make: Make, targets: readonly string[]): Promise<void> {
	await mkdir(make.output, { recursive: true });
	const jobs = /(?:^|\s)-?\w*j|--jobs/.test(make.env.MAKEFLAGS ?? '') ? [] : [`-j${make.jobs}`];
	const command = [...['make', '--no-print-directory', ...jobs, '-C', make.tree, `O=${make.output}`], ...make.variables, ...targets];
	// Compilers inherit flock's descriptor, so those of a killed run hold the lock until they end.
	const locked = (wait: readonly string[]) => [
		'flock',
		...wait,
		'--no-fork',
		`${make.output}.make-lock`,
		'sh',
		'-c',
		guarded,
		'sh',
		...command,
	];
	let result = await runGroup(locked(['--nonblock', '--conflict-exit-code', '75']), make);
	if (result.exitCode === 75) {
		make.onWait?.();
		result = await runGroup(locked(['--timeout', '600', '--conflict-exit-code', '75']), make);
	}
	if (result.exitCode === 0) return;
	if (result.exitCode === 75) throw new InfraError(`compilers of another run are at work in ${make.output} for more than 10 minutes`);
	const lines = errorLines(result.stderr).map((line) => line.replaceAll(`${make.tree}/`, ''));
	const how = result.exitCode === undefined ? `ended by ${result.signal}` : `exited with ${result.exitCode}`;
	const message = firstError(lines) ?? lines.at(-1) ?? 'no reason given';
	if (isHostFailure(result.stderr) || result.exitCode === undefined)
		throw new InfraError(`make ${targets.join(' ')} ${how}: ${message}`, { cause: lines.join('\n') });
	throw new KernelError('build', message, lines);
}

async function runGroup(command: readonly string[], make: Make) {
	make.signal?.throwIfAborted();
	const { MAKEFLAGS } = make.env;
	const unset = Object.entries(make.env).flatMap(([name, value]) => (value === undefined ? ['-u', name] : []));
	const set = Object.fromEntries(Object.entries(make.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
	const child = start('env', [...unset, 'setsid', ...command], { env: { ...set, ...(MAKEFLAGS && { MAKEFLAGS }) }, stdin: 'pipe' });
	const stop = (signal: NodeJS.Signals) => {
		if (child.pid === undefined) return;
		try {
			process.kill(-child.pid, signal);
		} catch {
			// ESRCH: the group ended meanwhile
		}
	};
	let hard: NodeJS.Timeout | undefined;
	const onAbort = () => {
		stop('SIGTERM');
		// Ten seconds let make remove half-made targets.
		hard = setTimeout(() => stop('SIGKILL'), 10_000);
	};
	make.signal?.addEventListener('abort', onAbort, { once: true });
	const stderr: string[] = [];
	const follow = async (stream: NodeJS.ReadableStream | null, take: (line: string) => void) => {
		if (stream) for await (const line of createInterface({ input: stream })) take(line);
	};
	try {
		const [result] = await Promise.all([
			child,
			follow(child.stdout, (line) => {
				const step = parseStep(line);
				if (step) make.onStep?.(step);
			}),
			follow(child.stderr, (line) => {
				make.onComplaint?.(line);
				stderr.push(line);
				// A warning in a header repeats for each file; what tells the error comes last.
				if (stderr.length > 20_000) stderr.splice(0, 10_000);
			}),
		]);
		make.signal?.throwIfAborted();
		if (result.code === 'ENOENT') throw new InfraError('setpriv is not installed');
		return { exitCode: result.exitCode, signal: result.signal, stderr };
	} finally {
		clearTimeout(hard);
		make.signal?.removeEventListener('abort', onAbort);
	}
}
