/** `crucible list`: the suites and their cases. */

import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { loadSuites } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import { collect } from './flags.ts';

export function addList(program: Command): void {
	program
		.command('list')
		.description('shows suites and cases')
		.argument('[globs...]', 'suites or suite/case, with wildcards')
		.option('--tag <tag>', 'only cases with this tag; repeatable', collect)
		.option('--names', 'bare suite/case names, for scripts')
		.option('--json', 'one JSON document')
		.action(async (globs: string[], options: { tag?: string[]; names?: boolean; json?: boolean }) => {
			const suites = selectCases(await loadSuites(checkout.suites), globs, options.tag ?? []);
			if (options.json) {
				process.stdout.write(`${JSON.stringify(suites, undefined, '\t')}\n`);
				return;
			}
			const lines = suites.flatMap((suite) => {
				if (options.names) return suite.cases.map((entry) => `${suite.name}/${entry.name}`);
				const width = Math.max(...suite.cases.map((entry) => entry.name.length));
				const tags = suite.tags.length > 0 ? `  [${suite.tags.join(' ')}]` : '';
				return [`${suite.name}${tags}  ${suite.summary}`, ...suite.cases.map((entry) => `  ${entry.name.padEnd(width)}  ${entry.summary}`)];
			});
			process.stdout.write(`${lines.join('\n')}\n`);
		});
}
