import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { readTree } from '../xfstests/tree.ts';
import { loadSuites } from './load.ts';

const standIn = join(checkout.top, 'runner/integration/testdata/xfstests');
const wanted = { groups: ['auto'], withoutGroups: [], tests: [], excludes: [{ pattern: 'generic/002', reason: 'known' }] };

test('a tree brings its tests as cases, on each stack those of its folders', async (t) => {
	const suites = await loadSuites(checkout.suites, { tree: await readTree(standIn), wanted });
	const suite = suites.find(({ name }) => name === 'xfstests');
	const names = ['generic-001', 'generic-002', 'generic-003', 'generic-004', 'generic-005', 'generic-006', 'shared-001'];
	t.deepEqual(
		suite?.cases.map(({ name }) => name),
		['nfs', '9p'].flatMap((stack) => names.map((name) => `${stack}.${name}`)),
	);
	t.is(suite?.xfstests, standIn);
	const [first, second] = suite?.cases ?? [];
	t.deepEqual(first?.run, ['run-test.sh', 'nfs', 'generic/001']);
	t.deepEqual([first?.excluded, second?.excluded], [undefined, 'known']);
	t.deepEqual(first?.evidence, ['cache_lookups > 0']);
});

test('without a tree there is no such suite', async (t) => {
	t.false((await loadSuites(checkout.suites)).some(({ name }) => name === 'xfstests'));
});
