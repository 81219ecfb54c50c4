/** What is asked of the guest around each case: counters before and after, and whether everything is at rest again. */

import { parseFscacheStats } from '../parse/fscache-stats.ts';
import { DeadlineError } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import type { Machine } from '../vm/machine.ts';
import { guestPaths } from './provision.ts';

const script = `${guestPaths.lib}/at-rest.sh`;

export interface AtRest {
	readonly counters: Readonly<Record<string, number>>;
	readonly leftOvers: readonly string[];
	/** Taint bits that came during the case (Documentation/admin-guide/tainted-kernels.rst), 0 when none. */
	readonly taint: number;
	/** Text of /sys/kernel/debug/kmemleak, where the kernel has it. */
	readonly kmemleak: string;
}

/** How the guest is asked. */
export interface Ask {
	readonly env: Readonly<Record<string, string>>;
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
}

/**
 * Remembers the guest's mounts, processes and taint; returns the counters as they stand. Reading them runs code under test: throws a
 * DeadlineError when it hangs, an InfraError when it fails, as of an oops, whose splat then decides.
 */
export async function rememberRest(machine: Machine, ask: Ask): Promise<Readonly<Record<string, number>>> {
	const { stdout, stderr, exitCode, timedOut } = await machine.exec({ argv: ['/bin/sh', script, 'begin'], ...ask });
	if (timedOut) throw new DeadlineError('at-rest.sh begin', ask.timeoutMs);
	if (exitCode !== 0) throw new InfraError(`at-rest.sh begin exited with ${exitCode}: ${stderr.trim()}`);
	return parseFscacheStats(stdout);
}

/** Waits for rest, unloads `modules` (given in load order), and tells what is left. */
export async function checkRest(machine: Machine, modules: readonly string[], ask: Ask): Promise<AtRest> {
	const { stdout, stderr, exitCode, timedOut } = await machine.exec({
		argv: ['/bin/sh', script, 'end', ...[...modules].reverse()],
		...ask,
	});
	const found = parseRest(stdout);
	if (timedOut) return { ...found, leftOvers: [...found.leftOvers, 'the check for rest did not end: a table or a module is stuck'] };
	if (exitCode !== 0) return { ...found, leftOvers: [...found.leftOvers, `the check for rest exited with ${exitCode}: ${stderr.trim()}`] };
	return found;
}

/** Parses what `at-rest.sh end` prints. */
export function parseRest(text: string): AtRest {
	const lines = text.split('\n');
	const leftOvers: string[] = [];
	let taint = 0;
	let section: 'counters' | 'kmemleak' | undefined;
	const sections = { counters: [] as string[], kmemleak: [] as string[] };
	for (const line of lines) {
		if (line === 'counters' || line === 'kmemleak') section = line;
		else if (line === 'end counters' || line === 'end kmemleak') section = undefined;
		else if (section) sections[section].push(line);
		else if (line.startsWith('left: ')) leftOvers.push(line.slice('left: '.length));
		else if (line.startsWith('taint: ')) taint = Number(line.slice('taint: '.length));
	}
	return { counters: parseFscacheStats(sections.counters.join('\n')), leftOvers, taint, kmemleak: sections.kmemleak.join('\n') };
}
