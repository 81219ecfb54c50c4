/** One attempt of a chain: its cases one after the other in one guest, as far as that stays sound. */

import { join } from 'node:path';
import { formatBackground } from '../fault/background.ts';
import type { Attempt } from '../model/run.ts';
import { guestEnv } from '../vm/machine.ts';
import type { CaseRun } from './case-run.ts';
import { goesOn, joinLinks, type Linked, strainOf } from './chain.ts';
import { endingOf } from './ending.ts';
import type { Case } from './load.ts';
import { guestPaths } from './provision.ts';
import { runCase } from './run-case.ts';

// In ms under KVM: a few files on a tmpfs.
const tidyMs = 10_000;

/** As runCase; an entry that is no chain is one case. */
export async function runEntry(run: CaseRun): Promise<Attempt> {
	const { entry, dir } = run;
	const under = entry.under && formatBackground(entry.under);
	if (!entry.chain) return runCase(inSameGuest(run, { strain: strainOf([], under) }));
	const links: Linked[] = [];
	for (const [at, one] of entry.chain.entries()) {
		const folder = `${at + 1}-${one.name}`;
		const link = inSameGuest(run, {
			entry: { ...one, ...(entry.under && { under: entry.under }) },
			guestMs: at === 0 ? run.guestMs : 0,
			dir: { absolute: join(dir.absolute, folder), relative: join(dir.relative, folder) },
			strain: strainOf(
				links.map(({ case: name }) => name),
				under,
			),
		});
		const attempt = await runCase(link);
		links.push({ case: one.name, attempt });
		if (!goesOn(attempt) || !run.wantsMore() || at + 1 === entry.chain.length) break;
		const problem = await tidy(link, entry.chain[at + 1]);
		if (problem !== undefined) break;
	}
	return joinLinks(links, entry.chain.length, dir.relative);
}

/** `run` but for what is given. Its machine is asked for each time, where a spread keeps the one of now: after a crash it is another. */
export function inSameGuest(run: CaseRun, other: Partial<Omit<CaseRun, 'machine'>>): CaseRun {
	return Object.defineProperty({ ...run, ...other }, 'machine', { get: () => run.machine, enumerable: true });
}

/** What a fresh guest has empty. Says why when the guest does not answer: nothing can follow in it. */
async function tidy(run: CaseRun, next: Case | undefined): Promise<string | undefined> {
	const script = `cd ${guestPaths.caseDir} && find . -xdev -mindepth 1 -delete && rm -rf /run/fault`;
	try {
		const ask = { env: guestEnv, timeoutMs: tidyMs * run.timeoutScale, signal: run.signal };
		const { exitCode, stderr } = await run.machine.exec({ argv: ['/bin/sh', '-c', script], ...ask });
		return exitCode === 0 ? undefined : `no room for ${next?.name}: ${stderr.trim()}`;
	} catch (error) {
		return (await endingOf(run, error)).how;
	}
}
