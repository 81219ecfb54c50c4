/** Which tests of a tree run, and which are left out with what reason. Pure. */

import picomatch from 'picomatch';
import { formatPosition, UserError } from '../util/errors.ts';
import { didYouMean } from '../util/text.ts';
import type { ListedTest } from './test-list.ts';
import type { TreeTest, XfstestsTree } from './tree.ts';

export interface WantedTests {
	/** As `check -g`: tests of any of them; `all` is every test. */
	readonly groups: readonly string[];
	/** As `check -x`: no test of any of them. */
	readonly withoutGroups: readonly string[];
	readonly tests: readonly ListedTest[];
	readonly excludes: readonly ListedTest[];
}

export interface ChosenTest extends TreeTest {
	/** Why it is not to run, where it is excluded. */
	readonly excluded?: string;
}

/**
 * The tests wanted, in the tree's order, kept to `folders`. A group or test that the tree does not have, a test of another folder, and a
 * selection with nothing in it are UserErrors.
 */
export function chooseTests(tree: XfstestsTree, wanted: WantedTests, folders: readonly string[]): ChosenTest[] {
	const known = ['all', ...new Set(tree.tests.flatMap(({ groups }) => groups))].sort();
	for (const group of [...wanted.groups, ...wanted.withoutGroups])
		if (!known.includes(group))
			throw new UserError(`no test of ${tree.dir} is in the group "${group}"`, {
				hint: didYouMean(group, known) ?? `groups: ${known.join(' ')}`,
			});
	const named = namesOf(tree, wanted.tests);
	const isIn = ({ groups }: TreeTest, some: readonly string[]) => some.includes('all') || some.some((group) => groups.includes(group));
	for (const { name, folder } of tree.tests)
		if (named.has(name) && !folders.includes(folder))
			throw new UserError(`${name} is a test of ${folder}; those that run here are of ${folders.join(', ')}`);
	const excluded = namesOf(tree, wanted.excludes);
	const chosen = tree.tests.filter(
		(test) => folders.includes(test.folder) && (named.has(test.name) || isIn(test, wanted.groups)) && !isIn(test, wanted.withoutGroups),
	);
	if (chosen.length === 0) {
		const what = [...wanted.groups.map((group) => `-g ${group}`), ...named.keys(), ...wanted.withoutGroups.map((group) => `-x ${group}`)];
		throw new UserError(`no test of ${folders.join(', ')} in ${tree.dir} is left by ${what.join(' ')}`, {
			hint: './crucible list xfstests --xfstests DIR -g all shows them',
		});
	}
	return chosen.map((test) => {
		const by = excluded.get(test.name);
		return by === undefined ? test : { ...test, excluded: by.reason ?? `excluded by ${by.at ? formatPosition(by.at) : '-e'}` };
	});
}

/** Every test that a list names, with the first that named it. */
function namesOf(tree: XfstestsTree, list: readonly ListedTest[]): ReadonlyMap<string, ListedTest> {
	const found = new Map<string, ListedTest>();
	for (const listed of list) {
		const matches = picomatch(listed.pattern);
		const names = tree.tests.map(({ name }) => name).filter((name) => matches(name));
		if (names.length === 0) {
			const hint = didYouMean(
				listed.pattern,
				tree.tests.map(({ name }) => name),
			);
			throw new UserError(`${tree.dir} has no test "${listed.pattern}"`, {
				...(listed.at && { at: listed.at }),
				...(hint !== undefined && { hint }),
			});
		}
		for (const name of names) if (!found.has(name)) found.set(name, listed);
	}
	return found;
}
