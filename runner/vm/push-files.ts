/** Many files into a guest at once: a child in a KASAN guest costs 25 ms and more, so one unpacks them all. */

import { readFile } from 'node:fs/promises';
import { DeadlineError } from '../util/deadline.ts';
import { count } from '../util/text.ts';
import { type Agent, type Content, GuestError } from './agent.ts';
import { tar } from './tar.ts';

/** In ms under KVM, for some MB; generous, since it only bounds a hang. */
export const pushMs = 60_000;

export interface GuestFile {
	/** Absolute, in the guest. */
	readonly path: string;
	readonly content: Content;
	/** Default 0644. */
	readonly mode?: number;
}

/**
 * Writes `files` with their parent folders. Throws a GuestError with tar's words when the guest cannot, a DeadlineError when it is not done in
 * time. `tar` is the guest's program.
 */
export async function pushFiles(
	agent: Agent,
	files: readonly GuestFile[],
	options: { readonly timeoutMs: number; readonly tar?: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
	if (files.length === 0) return;
	const whole = await Promise.all(
		files.map(async ({ path, content, mode = 0o644 }) => ({
			path,
			mode,
			data: typeof content === 'object' && 'file' in content ? await readFile(content.file) : Buffer.from(content),
		})),
	);
	const { exitCode, stderr, timedOut } = await agent.exec({
		argv: [options.tar ?? '/bin/tar', 'xf', '-'],
		cwd: '/',
		env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
		stdin: Buffer.concat([...tar(whole)]),
		timeoutMs: options.timeoutMs,
		signal: options.signal,
	});
	if (timedOut) throw new DeadlineError(`${count(files.length, 'file')} to be unpacked in the guest`, options.timeoutMs);
	if (exitCode !== 0) throw new GuestError(`push ${count(files.length, 'file')}`, 5, stderr.trim().split('\n')[0] ?? '');
}
