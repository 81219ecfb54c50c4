/** Locks between processes; the kernel frees them when their holder dies, so a killed run leaves none. */

import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InfraError } from './errors.ts';
import { start } from './exec.ts';

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

/** The lock, or what flock exited with. The signal ends the wait, and not the hold: whoever holds it is at work until it is disposed. */
async function hold(
	path: string,
	args: readonly string[],
	{ signal, isShared }: LockOptions,
): Promise<AsyncDisposable | number | undefined> {
	signal?.throwIfAborted();
	const how = [isShared ? '--shared' : '--exclusive', ...args];
	// Detached: a Ctrl-C that is meant for us would free it while we work on.
	const child = start('flock', [...how, path, '-c', 'echo locked; exec cat >/dev/null'], { stdin: 'pipe', detached: true });
	const giveUp = () => void child.kill();
	signal?.addEventListener('abort', giveUp);
	const isHeld = await Promise.race([once(child.stdout, 'data').then(() => true), child.then(() => false)]);
	signal?.removeEventListener('abort', giveUp);
	const letGo = async () => {
		child.stdin?.end();
		await child;
	};
	if (isHeld && !signal?.aborted) return { [Symbol.asyncDispose]: letGo };
	await letGo();
	signal?.throwIfAborted();
	return (await child).exitCode;
}

function refused(path: string, exitCode: number | undefined): InfraError {
	return new InfraError(`cannot lock ${path}: flock exited with ${exitCode}`);
}
