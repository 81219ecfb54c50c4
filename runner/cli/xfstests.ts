/** `--xfstests DIR` and its companions, which mean what they mean to xfstests' own `check`. */

import type { Command } from 'commander';
import type { XfstestsRequest } from '../suite/load.ts';
import { UserError } from '../util/errors.ts';
import { isPattern, type ListedTest, readTestList } from '../xfstests/test-list.ts';
import { readTree } from '../xfstests/tree.ts';
import { collect, flagOf } from './flags.ts';
import { userPath } from './user-path.ts';

export interface XfstestsFlags {
	readonly xfstests?: string;
	readonly group?: string[];
	readonly excludeGroup?: string[];
	readonly test?: string[];
	readonly testFile?: string[];
	readonly exclude?: string[];
	readonly excludeFile?: string[];
}

const companions = ['group', 'excludeGroup', 'test', 'testFile', 'exclude', 'excludeFile'] as const;

export function addXfstests(command: Command): Command {
	return command
		.option('--xfstests <dir>', 'your xfstests checkout, which brings the cases of the suite xfstests; it is not touched')
		.option('-g, --group <groups>', 'its tests of these groups (quick, unless tests or cases are named); repeatable', collect)
		.option('-x, --exclude-group <groups>', 'none of its tests of these groups; repeatable', collect)
		.option('-t, --test <tests>', 'these tests of it: generic/001, generic/0??; repeatable', collect)
		.option('-T, --test-file <file>', 'the tests that a file names, one a line; repeatable', collect)
		.option('-e, --exclude <tests>', 'SKIP for these tests; repeatable', collect)
		.option('-E, --exclude-file <file>', 'SKIP for the tests that a file names, `generic/001 # reason` a line; repeatable', collect);
}

/** What the flags ask for; undefined without --xfstests. `globs` are the suites and cases that the command names. */
export async function xfstestsOf(flags: XfstestsFlags, globs: readonly string[]): Promise<XfstestsRequest | undefined> {
	if (flags.xfstests === undefined) {
		const alone = companions.find((name) => flags[name] !== undefined);
		if (alone !== undefined) throw new UserError(`${flagOf(alone)} is about an xfstests checkout`, { hint: 'add --xfstests DIR' });
		if (globs.some(namesXfstests)) throw new UserError('the cases of xfstests come from a checkout of it', { hint: 'add --xfstests DIR' });
		return undefined;
	}
	if (globs.length > 0 && !globs.some(namesXfstests))
		throw new UserError(`--xfstests brings the suite xfstests, and ${globs.join(' ')} does not name it`, {
			hint: './crucible run xfstests',
		});
	const tree = await readTree(userPath(flags.xfstests));
	const tests = [...typed(flags.test, '--test'), ...(await listed(flags.testFile))];
	const isNamed = tests.length > 0 || globs.some((glob) => glob.startsWith('xfstests/'));
	const groups = flags.group === undefined ? (tests.length > 0 ? [] : isNamed ? ['all'] : ['quick']) : split(flags.group);
	const excludes = [...typed(flags.exclude, '--exclude'), ...(await listed(flags.excludeFile))];
	return { tree, wanted: { groups, withoutGroups: split(flags.excludeGroup), tests, excludes } };
}

function namesXfstests(glob: string): boolean {
	return /^xfstests(?:\/|$)/.test(glob);
}

/** Words, as check takes them: apart by commas or blanks. */
function split(values: readonly string[] | undefined): string[] {
	return (values ?? []).flatMap((value) => value.split(/[\s,]+/).filter(Boolean));
}

function typed(values: readonly string[] | undefined, flag: string): ListedTest[] {
	return split(values).map((pattern) => {
		if (!isPattern(pattern)) throw new UserError(`${flag} ${pattern}: not a test`, { hint: 'write it like generic/001' });
		return { pattern };
	});
}

async function listed(files: readonly string[] | undefined): Promise<ListedTest[]> {
	return (await Promise.all((files ?? []).map((file) => readTestList(userPath(file))))).flat();
}
