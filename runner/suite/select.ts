/** Which cases a command runs: globs over `suite` and `suite/case`, and tags. */

import picomatch from 'picomatch';
import { UserError } from '../util/errors.ts';
import { didYouMean } from '../util/text.ts';
import type { Suite } from './load.ts';

/** Suites reduced to the selected cases. Without globs the tags decide; with globs, tags narrow them when given. */
export function selectCases(suites: readonly Suite[], globs: readonly string[], tags: readonly string[]): Suite[] {
	for (const glob of globs) {
		const suiteNames = suites.map((suite) => suite.name);
		const fullNames = suites.flatMap((suite) => suite.cases.map((entry) => `${suite.name}/${entry.name}`));
		const matches = picomatch(glob);
		if (![...suiteNames, ...fullNames].some((name) => matches(name))) {
			const known = glob.includes('/') ? fullNames : suiteNames;
			throw new UserError(`no suite or case matches "${glob}"`, { hint: didYouMean(glob, known) ?? './crucible list shows them all' });
		}
	}
	const knownTags = [...new Set(suites.flatMap((suite) => [...suite.tags, ...suite.cases.flatMap((entry) => entry.tags)]))].sort();
	for (const tag of tags)
		if (!knownTags.includes(tag))
			throw new UserError(`no suite has the tag "${tag}"`, { hint: didYouMean(tag, knownTags) ?? `tags: ${knownTags.join(', ')}` });
	const byName = globs.map((glob) => picomatch(glob));
	const selected = suites.map((suite) => ({
		...suite,
		cases: suite.cases.filter((entry) => {
			const isNamed = globs.length === 0 || byName.some((matches) => matches(suite.name) || matches(`${suite.name}/${entry.name}`));
			const isTagged = tags.length === 0 || tags.some((tag) => suite.tags.includes(tag) || entry.tags.includes(tag));
			return isNamed && isTagged;
		}),
	}));
	const nonEmpty = selected.filter((suite) => suite.cases.length > 0);
	if (nonEmpty.length === 0) throw new UserError(`nothing is both named (${globs.join(' ')}) and tagged (${tags.join(', ')})`);
	return nonEmpty;
}
