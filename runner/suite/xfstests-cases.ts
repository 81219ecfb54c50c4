/** The cases that a user's xfstests tree brings: each of its tests that is wanted, on each stack. */

import { chooseTests } from '../xfstests/choose.ts';
import type { Case, XfstestsRequest } from './load.ts';
import type { XfstestsFile } from './schema.ts';

/** Case by case in the order of the stacks, then of the tree. What cannot be chosen is a UserError. */
export function casesOfTree({ tree, wanted }: XfstestsRequest, { run, timeout, evidence, stacks }: XfstestsFile): Case[] {
	const folders = [...new Set(Object.values(stacks).flatMap((stack) => stack.folders))];
	const chosen = chooseTests(tree, wanted, folders);
	return Object.entries(stacks).flatMap(([name, stack]) =>
		chosen
			.filter(({ folder }) => stack.folders.includes(folder))
			.map(
				(test): Case => ({
					name: `${name}.${test.name.replace('/', '-').toLowerCase()}`,
					summary: `${test.name} of the tree on ${stack.summary}`,
					run: [run, name, test.name],
					timeout,
					evidence,
					orders: [],
					faults: {},
					tags: [],
					clock: 'real',
					alone: false,
					...(test.excluded !== undefined && { excluded: test.excluded }),
				}),
			),
	);
}
