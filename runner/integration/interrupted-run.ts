/** A run that is stopped at a moment of its own, for tests of what that leaves. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { checkout } from '../config/paths.ts';
import type { Event } from '../model/event.ts';

/** What the first Ctrl-C is answered with. */
const again = 'once more stops it now';

/** Starts a run as a shell does, in a group of its own, and gives its events; `stop` is called once with the first event that `until` accepts. */
export async function runUntil(
	args: readonly string[],
	until: (event: Event) => boolean,
	stop: (pid: number) => void,
	onAgain?: (pid: number) => void,
) {
	const child = execa(join(checkout.top, 'crucible'), ['run', '--events', ...args], {
		reject: false,
		cwd: checkout.top,
		stdin: 'ignore',
		detached: true,
		env: { CI: 'true' },
	});
	let isStopped = false;
	const events: Event[] = [];
	let partial = '';
	child.stdout.on('data', (chunk: Buffer) => {
		const lines = (partial + chunk.toString()).split('\n');
		partial = lines.pop() ?? '';
		for (const line of lines) {
			const event = JSON.parse(line) as Event;
			events.push(event);
			if (isStopped || !until(event)) continue;
			isStopped = true;
			stop(child.pid ?? 0);
		}
	});
	let said = '';
	child.stderr.on('data', (chunk: Buffer) => {
		if (said.includes(again)) return;
		said += chunk.toString();
		if (said.includes(again)) onAgain?.(child.pid ?? 0);
	});
	const { exitCode, signal, stderr } = await child;
	return { exitCode, signal, stderr, events, pid: child.pid ?? 0 };
}

/** What a terminal does at Ctrl-C: every process of the group is told. */
export function pressCtrlC(pid: number): void {
	process.kill(-pid, 'SIGINT');
}

/** Processes whose command line holds `text`. */
export async function processesWith(text: string): Promise<string[]> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
	const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
	return lines.filter((line) => line.includes(text)).map((line) => line.replaceAll('\0', ' ').slice(0, 200));
}

export const isCaseStart = (event: Event) => event.type === 'case-started';
