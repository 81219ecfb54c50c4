import test from 'ava';
import { formatPosition, UserError } from '../util/errors.ts';
import { chooseTests, type WantedTests } from './choose.ts';

const entry = (name: string, ...groups: string[]) => ({ name, folder: name.split('/')[0] ?? '', groups });
const tree = {
	dir: '/x',
	tests: [
		entry('generic/001', 'auto', 'quick'),
		entry('generic/002', 'auto', 'dangerous'),
		entry('generic/003', 'auto', 'quick', 'dangerous'),
		entry('nfs/001', 'auto', 'quick'),
		entry('xfs/001', 'auto', 'quick', 'realtime'),
	],
};
const folders = ['generic', 'nfs'];
const nothing: WantedTests = { groups: [], withoutGroups: [], tests: [], excludes: [] };
const names = (wanted: Partial<WantedTests>) => chooseTests(tree, { ...nothing, ...wanted }, folders).map(({ name }) => name);

test('a group is its tests in the folders that run; all is every one', (t) => {
	t.deepEqual(names({ groups: ['quick'] }), ['generic/001', 'generic/003', 'nfs/001']);
	t.deepEqual(names({ groups: ['all'] }), ['generic/001', 'generic/002', 'generic/003', 'nfs/001']);
	t.deepEqual(names({ groups: ['quick'], withoutGroups: ['dangerous'] }), ['generic/001', 'nfs/001']);
});

test('tests are named, also by patterns, and come on top of groups', (t) => {
	t.deepEqual(names({ tests: [{ pattern: 'generic/002' }] }), ['generic/002']);
	t.deepEqual(names({ tests: [{ pattern: 'generic/00?' }] }), ['generic/001', 'generic/002', 'generic/003']);
	t.deepEqual(names({ groups: ['dangerous'], tests: [{ pattern: 'nfs/*' }] }), ['generic/002', 'generic/003', 'nfs/001']);
});

test('what is excluded stays, with the reason, or else with the place that excludes it', (t) => {
	const excludes = [
		{ pattern: 'generic/001', reason: 'no quota' },
		{ pattern: 'generic/00?', at: { file: 'e', line: 4 } },
		{ pattern: 'nfs/001' },
	];
	const chosen = chooseTests(tree, { ...nothing, groups: ['quick'], excludes }, folders);
	t.deepEqual(
		chosen.map(({ excluded }) => excluded),
		['no quota', 'excluded by e:4', 'excluded by -e'],
	);
});

const refused: [string, Partial<WantedTests>, RegExp, string?][] = [
	['an unknown group', { groups: ['quik'] }, /in the group "quik"/],
	['an unknown group to leave out', { groups: ['quick'], withoutGroups: ['danger'] }, /in the group "danger"/],
	['an unknown test', { tests: [{ pattern: 'generic/017', at: { file: 'l', line: 3 } }] }, /no test "generic\/017"/, 'l:3'],
	[
		'an unknown test to leave out',
		{ groups: ['quick'], excludes: [{ pattern: 'generic/9', at: { file: 'e', line: 9 } }] },
		/no test/,
		'e:9',
	],
	['a test of another file system', { tests: [{ pattern: 'xfs/001' }] }, /xfs\/001 is a test of xfs/],
	['nothing at all', { groups: ['realtime'] }, /is left by -g realtime/],
];
for (const [what, wanted, message, place] of refused)
	test(`${what} is refused`, (t) => {
		const error = t.throws(() => names(wanted), { instanceOf: UserError, message });
		t.is(error.at && formatPosition(error.at), place);
	});
