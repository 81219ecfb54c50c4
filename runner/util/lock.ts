/** Locks between processes; the kernel frees them when their holder dies, so a killed run leaves none. */

import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { InfraError } from './errors.ts';

/**
 * Takes an exclusive flock on `path` (created when absent), held until disposed. `onWait` is called once when somebody
 * else holds it. The holder is a flock(1) child that lives as long as our end of its stdin.
 */
export async function lock(
	path: string,
	options: { signal?: AbortSignal | undefined; onWait?: () => void } = {},
): Promise<AsyncDisposable> {
	await mkdir(dirname(path), { recursive: true });
	const attempt = async (args: readonly string[]) => {
		const child = execa('flock', [...args, path, '-c', 'echo locked; exec cat >/dev/null'], {
			reject: false,
			stdin: 'pipe',
			...(options.signal && { cancelSignal: options.signal }),
		});
		const isHeld = await Promise.race([once(child.stdout, 'data').then(() => true), child.then(() => false)]);
		if (isHeld) return { child };
		const { exitCode } = await child;
		options.signal?.throwIfAborted();
		return exitCode;
	};
	let holder = await attempt(['--nonblock', '--conflict-exit-code', '75']);
	if (holder === 75) {
		options.onWait?.();
		holder = await attempt([]);
	}
	if (holder === undefined || typeof holder === 'number') throw new InfraError(`cannot lock ${path}: flock exited with ${holder}`);
	const { child } = holder;
	return {
		async [Symbol.asyncDispose]() {
			child.stdin.end();
			await child;
		},
	};
}
