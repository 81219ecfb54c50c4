/** `crucible run` as a user starts it, with the time of everything it says. */

import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import type { Event } from '../model/event.ts';
import type { Run } from '../model/run.ts';
import { createFold } from '../session/fold.ts';
import { InfraError } from '../util/errors.ts';
import { start } from '../util/exec.ts';
import { harmless } from '../util/text.ts';
import type { BenchContext } from './benchmark.ts';

export interface TimedRun {
	readonly run: Run;
	/** From the command's start to its end. */
	readonly seconds: number;
	/** From the command's start to the run's: reading the code, the suites, the settings. */
	readonly startUpSeconds: number;
	/** From the run's last event to the command's end: the reports. */
	readonly reportSeconds: number;
	/** From the first case's start to the last one's end. */
	readonly casesSeconds: number;
}

/** Runs it with `args`; every case must pass, or fail as a known issue says, else an InfraError: a failure is not worth measuring. */
export async function timedRun(args: readonly string[], { settings, signal }: BenchContext): Promise<TimedRun> {
	signal.throwIfAborted();
	const { kernel, config, accel, jobs } = settings;
	const set = ['--kernel', kernel[0] ?? '', '--config', config, '--accel', accel, '--jobs', `${jobs}`, '--reruns', '0'];
	const began = performance.now();
	const child = start(join(checkout.top, 'crucible'), ['run', '--events', ...set, ...args], { cwd: checkout.top });
	const interrupt = () => child.kill('SIGINT');
	signal.addEventListener('abort', interrupt);
	const fold = createFold();
	const times: { readonly type: Event['type']; readonly at: number }[] = [];
	const said: string[] = [];
	const follow = async () => {
		for await (const line of child.iterable({ from: 'stdout' })) {
			const event = JSON.parse(String(line)) as Event;
			times.push({ type: event.type, at: performance.now() });
			if (event.type !== 'phase-progress') fold.add(event);
		}
	};
	const hear = async () => {
		for await (const line of child.iterable({ from: 'stderr' })) said.splice(0, Math.max(0, said.push(harmless(String(line))) - 20));
	};
	await Promise.all([follow(), hear()]);
	const { exitCode } = await child;
	const end = performance.now();
	signal.removeEventListener('abort', interrupt);
	signal.throwIfAborted();
	const [first, last] = [times[0], times.at(-1)];
	if (!first || !last || exitCode !== 0)
		throw new InfraError([`crucible run ${args.join(' ')} exited with ${exitCode}`, ...said].join('\n'));
	const timesOf = (type: Event['type']) => times.filter((one) => one.type === type).map(({ at }) => at);
	return {
		run: fold.run(),
		seconds: (end - began) / 1000,
		startUpSeconds: (first.at - began) / 1000,
		reportSeconds: (end - last.at) / 1000,
		casesSeconds: (Math.max(...timesOf('case-ended')) - Math.min(...timesOf('case-started'))) / 1000,
	};
}
