/** A case that runs in the guest: a program whose stdout is KTAP on the results port. */

import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { type KtapReport, parseKtap } from '../parse/ktap.ts';
import { withDeadline } from '../util/deadline.ts';
import { lineSplitter } from '../vm/lines.ts';
import type { CaseOutput, CaseRun } from './case-run.ts';
import { endingOf } from './ending.ts';
import { guestPaths } from './provision.ts';
import type { Ending } from './verdict.ts';

/** Runs it to its end or its deadline, then reads what it printed; its stderr is agent.log. */
export async function runGuestCase(run: CaseRun, env: Readonly<Record<string, string>>): Promise<CaseOutput> {
	const { machine, suite, entry, signal } = run;
	const [program = '', ...args] = entry.run ?? [];
	const argv = [`${guestPaths.suites}/${suite.name}/cases/${program}`, ...args];
	const log = createWriteStream(join(run.dir.absolute, 'agent.log'));
	log.write(`${argv.join(' ')}\n`);
	let ending: Ending;
	try {
		const timeoutMs = (run.timeoutS ?? entry.timeout) * 1000 * run.timeoutScale;
		const running = machine.exec({
			argv,
			env,
			cwd: guestPaths.caseDir,
			stdoutTo: 'results',
			signal,
			onStderr: (chunk) => log.write(chunk),
		});
		const result = await withDeadline(running, timeoutMs, `${suite.name}/${entry.name}`, signal);
		ending = result.signal === undefined ? { how: 'exited', exitCode: result.exitCode } : { how: 'signalled', signal: result.signal };
	} catch (error) {
		ending = await endingOf(run, error);
	} finally {
		log.end();
	}
	const ktap = await readKtap(run);
	return { ending, assertions: ktap.assertions, measured: ktap.evidence, problems: ktap.problems, skipped: ktap.skipReason };
}

// "ok 1 - name", "    1..3", "# evidence: reads 0", "KTAP version 1", "Bail out! no disk"
const tellingLine = /^\s*(?:(?:not )?ok\b|1\.\.\d|K?TAP version|Bail out!|# evidence:)/i;
/** Diagnostics beyond these stay in ktap.txt: a case may print more than our memory should hold. */
const keptDiagnostics = 5_000;

/** KTAP of the results port, as far as it came. */
async function readKtap(run: CaseRun): Promise<KtapReport> {
	await run.machine.results.to(undefined);
	const lines: string[] = [];
	let diagnostics = 0;
	const feed = lineSplitter((line) => {
		if (tellingLine.test(line) || diagnostics++ < keptDiagnostics) lines.push(line);
	});
	for await (const chunk of createReadStream(join(run.dir.absolute, 'ktap.txt'))) feed(chunk as Buffer);
	feed(Buffer.from('\n'));
	return parseKtap(lines.join('\n'));
}
