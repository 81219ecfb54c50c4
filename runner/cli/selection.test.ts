import test from 'ava';
import { parsePatch } from '../kernel/patch.ts';
import { selectFor } from './selection.ts';

const patch = (path: string) => parsePatch('x.patch', `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-one\n+two\n`);
const names = async (...args: Parameters<typeof selectFor>) => (await selectFor(...args)).suites.map(({ name }) => name);

test('a series runs the suites that it concerns, and says why; names and tags override', async (t) => {
	const { suites, why } = await selectFor([], undefined, [patch('fs/fuse/file.c')]);
	t.true(suites.some(({ name }) => name === 'virtiofs'));
	t.false(suites.some(({ name }) => name === 'nfs-fsc'));
	t.regex(why ?? '', /^fs\/fuse\/file\.c concerns fuse: .*virtiofs/);
	t.deepEqual(await names(['nfs-fsc/v42-remount'], undefined, [patch('fs/fuse/file.c')]), ['nfs-fsc']);
});

test('commit by commit only the smoke cases among them run; without a series the smoke suites do', async (t) => {
	const brief = await selectFor([], undefined, [patch('fs/nfs/fscache.c')], { isBrief: true });
	t.deepEqual(
		brief.suites.map(({ name }) => name),
		['nfs-fsc'],
	);
	const whole = await selectFor([], undefined, [patch('fs/nfs/fscache.c')]);
	const cases = ({ suites }: typeof whole) => suites.flatMap((suite) => suite.cases).length;
	t.true(cases(brief) <= cases(whole));
	t.deepEqual(await names([], undefined, []), await names([], ['smoke'], []));
});
