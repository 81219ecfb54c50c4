/** The one way to start a program: a wrapper over execa that names what failed and never leaves a child behind. */

import { execa } from 'execa';
import { InfraError } from './errors.ts';

export interface ExecOptions {
	readonly cwd?: string;
	/** Added to our own environment; undefined removes a variable. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly input?: string | Uint8Array;
	readonly signal?: AbortSignal | undefined;
	readonly timeoutMs?: number;
	/** Called for every line of stdout and stderr as it comes. */
	readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
	/** Return a non-zero exit instead of throwing. */
	readonly allowFailure?: boolean;
	/** In a session of its own: the terminal's Ctrl-C passes it by. For what is short and a case that may end needs; it is not ended when we are. */
	readonly detached?: boolean;
}

export interface ExecResult {
	readonly stdout: string;
	readonly stderr: string;
	/** undefined when a signal ended it. */
	readonly exitCode: number | undefined;
	readonly signal: string | undefined;
	readonly durationMs: number;
}

/**
 * Runs a program to its end. Throws an InfraError that names the command, its exit and its last lines, unless
 * `allowFailure`; throws the signal's reason when aborted. Output is kept whole: not for floods.
 */
export async function exec(file: string, args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
	const child = execa(file, args, {
		reject: false,
		...(options.cwd !== undefined && { cwd: options.cwd }),
		...(options.env && { env: { ...options.env } }),
		...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
		...(options.signal && { cancelSignal: options.signal }),
		...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
		detached: options.detached ?? false,
		forceKillAfterDelay: 2_000,
		maxBuffer: 256 * 1024 * 1024,
	});
	const { onLine } = options;
	if (onLine) {
		const follow = async (stream: 'stdout' | 'stderr') => {
			for await (const line of child.iterable({ from: stream })) onLine(String(line), stream);
		};
		await Promise.all([follow('stdout'), follow('stderr')]);
	}
	const result = await child;
	options.signal?.throwIfAborted();
	const { stdout, stderr } = result;
	if (result.failed && (!options.allowFailure || result.exitCode === undefined)) {
		const how = result.timedOut
			? `did not end within ${options.timeoutMs} ms`
			: result.code === 'ENOENT'
				? 'is not installed'
				: result.exitCode !== undefined
					? `exited with ${result.exitCode}`
					: `ended by ${result.signal ?? result.originalMessage ?? 'an unknown cause'}`;
		const tail = `${stderr || stdout}`.trim().split('\n').slice(-8).join('\n');
		if (!options.allowFailure || result.signal === undefined)
			throw new InfraError(`${file} ${how}: ${file} ${args.join(' ')}${tail && `\n${tail}`}`, { cause: result });
	}
	return { stdout, stderr, exitCode: result.exitCode, signal: result.signal, durationMs: result.durationMs };
}

/** A program that lives on, killed by the kernel when we die, even by SIGKILL. Its exit is a result, never a throw. */
export function start(
	file: string,
	args: readonly string[],
	options: {
		readonly cwd?: string;
		readonly env?: Readonly<Record<string, string>>;
		readonly stdin?: 'pipe' | 'ignore';
		/** In a session of its own: the terminal's Ctrl-C passes it by. */
		readonly detached?: boolean;
	} = {},
) {
	// util-linux' setpriv execs in place: the pid is the program's own.
	return execa('setpriv', ['--pdeathsig', 'KILL', file, ...args], {
		reject: false,
		buffer: false,
		stdin: options.stdin ?? 'ignore',
		detached: options.detached ?? false,
		...(options.cwd !== undefined && { cwd: options.cwd }),
		...(options.env && { env: { ...options.env } }),
	});
}

/** A program that has our terminal, or what stands in for it, until it ends; returns its exit code, 128 and more for a signal. */
export async function converse(file: string, args: readonly string[]): Promise<number> {
	const { exitCode, signal, originalMessage } = await execa(file, args, { reject: false, stdio: 'inherit' });
	if (exitCode === undefined && signal === undefined) throw new InfraError(`${file} does not start: ${originalMessage}`);
	return exitCode ?? 128;
}
