/** `crucible list`: the suites and their cases. */

import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { loadSuites } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import { collect } from './flags.ts';
import { addXfstests, type XfstestsFlags, xfstestsOf } from './xfstests.ts';

export function addList(program: Command): void {
	addXfstests(program.command('list'))
		.description('shows suites and cases')
		.argument('[globs...]', 'suites or suite/case, with wildcards')
		.option('--tag <tag>', 'only cases with this tag; repeatable', collect)
		.option('--names', 'bare suite/case names, for scripts')
		.option('--json', 'one JSON document')
		.action(async (globs: string[], options: XfstestsFlags & { tag?: string[]; names?: boolean; json?: boolean }) => {
			const request = await xfstestsOf(options, globs);
			const names = request && globs.length === 0 ? ['xfstests'] : globs;
			const suites = selectCases(await loadSuites(checkout.suites, request), names, options.tag ?? []);
			if (options.json) {
				process.stdout.write(`${JSON.stringify(suites, undefined, '\t')}\n`);
				return;
			}
			const lines = suites.flatMap((suite) => {
				if (options.names) return suite.cases.map((entry) => `${suite.name}/${entry.name}`);
				const width = Math.max(...suite.cases.map((entry) => entry.name.length));
				const tags = suite.tags.length > 0 ? `  [${suite.tags.join(' ')}]` : '';
				return [
					`${suite.name}${tags}  ${suite.summary}`,
					...suite.cases.map(
						(entry) => `  ${entry.name.padEnd(width)}  ${entry.excluded === undefined ? entry.summary : `SKIP: ${entry.excluded}`}`,
					),
				];
			});
			process.stdout.write(`${lines.join('\n')}\n`);
		});
}
