/** `--chain` and `--under`: cases in circumstances that they were not written for. */

import { parseBackground } from '../fault/background.ts';
import { entryOf } from '../session/recipe.ts';
import type { Suite } from '../suite/load.ts';
import { UserError } from '../util/errors.ts';

interface StrainFlags {
	readonly chain?: boolean;
	readonly under?: string;
	readonly sweep?: string;
}

/** The suites with chains, and cases under the fault, in place of the cases; `globs` name the cases of a chain in their order. */
export function strained(suites: readonly Suite[], globs: readonly string[], { chain, under, sweep }: StrainFlags): Suite[] {
	const fault = under === undefined ? undefined : parseBackground(under);
	if (typeof fault === 'string') throw new UserError(`--under ${fault}`);
	const disk = fault && 'disk' in fault ? fault.disk : undefined;
	const lacking = suites.find(({ needs }) => disk !== undefined && !Object.hasOwn(needs.disks, disk));
	if (lacking) throw new UserError(`--under ${under}: the suite ${lacking.name} has no disk "${disk}"`);
	if (sweep !== undefined && (chain || fault))
		throw new UserError('a sweep is of cases as they are', { hint: `leave --${chain ? 'chain' : 'under'} away` });
	if (!chain) return suites.map((suite) => ({ ...suite, cases: suite.cases.map((entry) => entryOf([entry], fault)) }));
	const [suite, ...more] = suites;
	if (!suite || more.length > 0)
		throw new UserError('a chain is of one suite: its cases share a guest', { hint: 'suite/case suite/other --chain' });
	const cases = globs.map((glob) => {
		const entry = suite.cases.find(({ name }) => glob === `${suite.name}/${name}`);
		if (entry) return entry;
		throw new UserError(`a chain names each of its cases, and "${glob}" is none`, {
			hint: `${suite.name}/${suite.cases[0]?.name} ... --chain`,
		});
	});
	if (cases.length < 2) throw new UserError('a chain has two cases or more', { hint: 'suite/case suite/other --chain' });
	if (new Set(cases.map(({ clock }) => clock)).size > 1)
		throw new UserError('these cases share no guest: time leaps in one’s and not in the other’s', {
			hint: 'leave out those with clock: warp',
		});
	return [{ ...suite, cases: [entryOf(cases, fault)] }];
}
