/** `crucible issues check`: which entries of suites/known-issues.yaml no longer match, and which expire. */

import { join } from 'node:path';
import type { Command } from 'commander';
import { readKnownIssues } from '../config/known-issues.ts';
import { checkout } from '../config/paths.ts';
import { outputStyle } from '../config/settings.ts';
import { exitCodes } from '../model/run.ts';
import { type Color, createPaint } from '../report/paint.ts';
import { checkIssues, type IssueState } from '../session/issues-check.ts';
import { newestRuns } from '../session/store.ts';
import { loadSuites } from '../suite/load.ts';
import type { CommandContext } from './context.ts';
import { wholeNumber } from './flags.ts';

const colors: Readonly<Record<IssueState['state'], Color>> = {
	expired: 'red',
	gone: 'red',
	expiring: 'yellow',
	unseen: 'dim',
	live: 'green',
};

export function addIssues(program: Command, context: CommandContext): void {
	const issues = program.command('issues').description('keeps suites/known-issues.yaml honest');
	issues
		.command('check')
		.description('tells from the stored runs which entries no longer match, and which expire; exit 1 when one is to be taken out')
		.option('--runs <n>', 'how many of the newest runs to look at', wholeNumber(1), 50)
		.option('--notice <days>', 'how long before its end an entry is called expiring', wholeNumber(0), 30)
		.option('--json', 'one JSON document')
		.action(async (options: { readonly runs: number; readonly notice: number; readonly json?: boolean }) => {
			const suites = await loadSuites(checkout.suites);
			const states = checkIssues(
				await readKnownIssues(join(checkout.suites, 'known-issues.yaml')),
				await newestRuns(checkout.results, options.runs),
				{
					today: new Date().toISOString().slice(0, 10),
					noticeDays: options.notice,
					caseCounts: new Map(suites.map(({ name, caseCount }) => [name, caseCount])),
				},
			);
			const paint = createPaint(outputStyle(Boolean(process.stdout.isTTY)).color);
			if (options.json) process.stdout.write(`${JSON.stringify(states, undefined, '\t')}\n`);
			else if (states.length === 0) process.stdout.write('there are no known issues\n');
			else for (const one of states) process.stdout.write(`${paint(colors[one.state], one.state.padEnd(10))}${one.id}  ${said(one)}\n`);
			if (states.some(({ state }) => state === 'expired' || state === 'gone')) context.finish(exitCodes.fail);
		});
}

function said({ state, until, lastSeen, lastAsked }: IssueState): string {
	const seen = lastSeen ? `last seen on ${lastSeen.release} in run ${lastSeen.run}` : 'never seen in a stored run';
	if (state === 'expired') return `accepts nothing since ${until}; ${seen}: mend the kernel, or give it a new end and say why`;
	if (state === 'gone') return `did not show on ${lastAsked?.release} in run ${lastAsked?.run}; ${seen}: is it fixed? then take it out`;
	if (state === 'unseen') return `until ${until}; no stored run of a whole suite could show it`;
	return `until ${until}; ${seen}`;
}
