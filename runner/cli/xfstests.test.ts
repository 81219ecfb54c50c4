import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { xfstestsOf } from './xfstests.ts';

const groups = async (globs: readonly string[]) => {
	const request = await xfstestsOf({ xfstests: join(checkout.top, 'runner/integration/testdata/xfstests') }, globs);
	return request?.wanted.groups;
};

test('the quick tests are meant unless tests of it are named; cases of other suites change nothing', async (t) => {
	t.deepEqual(await groups([]), ['quick']);
	t.deepEqual(await groups(['xfstests', 'nfs-fsc/v42-warm']), ['quick']);
	t.deepEqual(await groups(['xfstests/*-001']), ['all']);
});
