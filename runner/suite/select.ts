/** Which cases a command runs: globs over `suite` and `suite/case`, and tags. */

import picomatch from 'picomatch';
import type { Run } from '../model/run.ts';
import { UserError } from '../util/errors.ts';
import { didYouMean } from '../util/text.ts';
import type { Suite } from './load.ts';

/** Suites reduced to the selected cases. Without globs the tags decide; with globs, tags narrow them when given. */
export function selectCases(suites: readonly Suite[], globs: readonly string[], tags: readonly string[]): Suite[] {
	const fullNames = suites.flatMap((suite) => suite.cases.map((entry) => `${suite.name}/${entry.name}`));
	const known = { suites: suites.map((suite) => suite.name), cases: fullNames };
	checkGlobs(globs, known, { what: 'suite or case', hint: './crucible list shows them all' });
	const knownTags = [...new Set(suites.flatMap((suite) => [...suite.tags, ...suite.cases.flatMap((entry) => entry.tags)]))].sort();
	for (const tag of tags)
		if (!knownTags.includes(tag))
			throw new UserError(`no suite has the tag "${tag}"`, { hint: didYouMean(tag, knownTags) ?? `tags: ${knownTags.join(', ')}` });
	const isNamed = namedBy(globs);
	const selected = suites.map((suite) => ({
		...suite,
		cases: suite.cases.filter((entry) => {
			const isTagged = tags.length === 0 || tags.some((tag) => suite.tags.includes(tag) || entry.tags.includes(tag));
			return isNamed(suite.name, entry.name) && isTagged;
		}),
	}));
	const nonEmpty = selected.filter((suite) => suite.cases.length > 0);
	if (nonEmpty.length === 0) throw new UserError(`nothing is both named (${globs.join(' ')}) and tagged (${tags.join(', ')})`);
	return nonEmpty;
}

/** What reduces one of `runs` to the cases that globs name: to all without globs. Its verdict and counts stay those of the whole. */
export function narrowing(runs: readonly Run[], globs: readonly string[]): (run: Run) => Run {
	if (runs.length === 0 || globs.length === 0) return (run) => run;
	const results = runs.flatMap(({ jobs }) => jobs.flatMap(({ cases }) => cases));
	const known = { suites: results.map(({ suite }) => suite), cases: results.map((result) => `${result.suite}/${result.case}`) };
	checkGlobs(globs, known, { what: 'stored case', hint: './crucible report RUN shows them' });
	const isNamed = namedBy(globs);
	return (run) => {
		const jobs = run.jobs.map((job) => ({ ...job, cases: job.cases.filter((result) => isNamed(result.suite, result.case)) }));
		return { ...run, jobs: jobs.filter(({ cases }) => cases.length > 0) };
	};
}

function checkGlobs(
	globs: readonly string[],
	known: { readonly suites: readonly string[]; readonly cases: readonly string[] },
	{ what, hint }: { readonly what: string; readonly hint: string },
): void {
	for (const glob of globs) {
		const matches = picomatch(glob);
		if ([...known.suites, ...known.cases].some((name) => matches(name))) continue;
		const like = didYouMean(glob, glob.includes('/') ? known.cases : known.suites);
		throw new UserError(`no ${what} matches "${glob}"`, { hint: like ?? hint });
	}
}

/** Without globs everything is named. */
function namedBy(globs: readonly string[]): (suite: string, name: string) => boolean {
	const byName = globs.map((glob) => picomatch(glob));
	return (suite, name) => globs.length === 0 || byName.some((matches) => matches(suite) || matches(`${suite}/${name}`));
}
