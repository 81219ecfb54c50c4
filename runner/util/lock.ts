/** Locks between processes; the kernel frees them when their holder dies, so a killed run leaves none. */

import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { InfraError } from './errors.ts';

interface LockOptions {
	readonly signal?: AbortSignal | undefined;
	/** Several may hold it at once, and nobody who wants it alone. */
	readonly isShared?: boolean;
}

/** What flock is told to exit with when somebody else holds the lock. */
const conflict = 75;

/**
 * Takes a flock on `path` (created when absent), held until disposed. `onWait` is called once when somebody else holds it. The
 * holder is a flock(1) child that lives as long as our end of its stdin.
 */
export async function lock(path: string, options: LockOptions & { readonly onWait?: () => void } = {}): Promise<AsyncDisposable> {
	const atOnce = await tryLock(path, options);
	if (atOnce) return atOnce;
	options.onWait?.();
	const holder = await hold(path, [], options);
	if (typeof holder === 'object') return holder;
	throw refused(path, holder);
}

/** As lock, but undefined when somebody else holds it. */
export async function tryLock(path: string, options: LockOptions = {}): Promise<AsyncDisposable | undefined> {
	await mkdir(dirname(path), { recursive: true });
	const holder = await hold(path, ['--nonblock', '--conflict-exit-code', `${conflict}`], options);
	if (typeof holder === 'object') return holder;
	if (holder === conflict) return undefined;
	throw refused(path, holder);
}

/** The lock, or what flock exited with. */
async function hold(
	path: string,
	args: readonly string[],
	{ signal, isShared }: LockOptions,
): Promise<AsyncDisposable | number | undefined> {
	const child = execa('flock', [isShared ? '--shared' : '--exclusive', ...args, path, '-c', 'echo locked; exec cat >/dev/null'], {
		reject: false,
		stdin: 'pipe',
		...(signal && { cancelSignal: signal }),
	});
	const isHeld = await Promise.race([once(child.stdout, 'data').then(() => true), child.then(() => false)]);
	if (!isHeld) {
		const { exitCode } = await child;
		signal?.throwIfAborted();
		return exitCode;
	}
	return {
		async [Symbol.asyncDispose]() {
			child.stdin.end();
			await child;
		},
	};
}

function refused(path: string, exitCode: number | undefined): InfraError {
	return new InfraError(`cannot lock ${path}: flock exited with ${exitCode}`);
}
