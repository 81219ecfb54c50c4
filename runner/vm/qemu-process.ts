/** A QEMU that was started: its last words, its end. */

import { withDeadline } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import type { start } from '../util/exec.ts';
import { lineSplitter } from './lines.ts';

export interface QemuProcess {
	readonly pid: number;
	readonly ended: Promise<{ readonly exitCode: number | undefined; readonly signal: string | undefined }>;
	/** The last lines of its stdout and stderr, at most 40. */
	readonly lastWords: readonly string[];
	/** SIGKILL, and waits for the end. */
	readonly kill: () => Promise<void>;
	/** After something failed: the error that its end explains, or undefined when it lives. */
	readonly whyEnded: () => Promise<InfraError | undefined>;
}

/** Its sockets close shortly before it ends. */
const endMs = 2_000;

export function followQemu(child: ReturnType<typeof start>): QemuProcess {
	const lastWords: string[] = [];
	const onData = lineSplitter((line) => {
		lastWords.push(line);
		if (lastWords.length > 40) lastWords.shift();
	});
	child.stdout.on('data', onData);
	child.stderr.on('data', onData);
	const ended = Promise.resolve(child).then(({ exitCode, signal }) => ({ exitCode, signal }));
	return {
		pid: child.pid ?? 0,
		ended,
		lastWords,
		async kill() {
			child.kill('SIGKILL');
			await ended;
		},
		async whyEnded() {
			const end = await withDeadline(ended, endMs, 'the end of QEMU').catch(() => undefined);
			return end && new InfraError([`QEMU ended with ${end.exitCode ?? end.signal}`, ...lastWords].join('\n'));
		},
	};
}
