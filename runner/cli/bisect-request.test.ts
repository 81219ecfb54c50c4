import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readSettings } from '../config/settings.ts';
import type { Bisection } from '../model/bisection.ts';
import { UserError } from '../util/errors.ts';
import { type BisectFlags, beginBisection } from './bisect-request.ts';

const { signal } = new AbortController();
const begin = async (flags: Partial<BisectFlags>, earlier?: Bisection) => {
	const settings = await readSettings({ kernel: ['debian:6.12'], config: 'kasan' });
	return beginBisection({ case: 'nfs-fsc/v42-remount', confidence: 0.98, maxRuns: 9, ...flags }, settings, earlier, signal);
};

test('between two configurations the fragments are put in and taken out one after the other', async (t) => {
	const { begun, kernelOf } = await begin({ configGood: 'kasan+faults', configBad: 'kasan+lockdep' });
	t.deepEqual(
		begun.commits.map(({ title }) => title),
		['kasan+faults', 'with lockdep', 'without faults'],
	);
	t.deepEqual(
		[0, 1, 2].map((at) => kernelOf(at).config),
		['faults+kasan', 'faults+kasan+lockdep', 'kasan+lockdep'],
	);
	await t.throwsAsync(() => begin({ configGood: 'kasan+lockdep', configBad: 'lockdep+kasan' }), {
		instanceOf: UserError,
		message: /the same configuration/,
	});
});

test('a series is put on patch by patch, and only the same one goes on with what was found', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-request-'));
	t.teardown(() => rm(dir, { recursive: true }));
	for (const name of ['1', '2'])
		await writeFile(join(dir, `${name}.patch`), `--- a/fs/${name}.c\n+++ b/fs/${name}.c\n@@ -1 +1 @@\n-a\n+b\n`);
	const { begun, kernelOf } = await begin({ patch: [dir] });
	t.deepEqual(
		[0, 1, 2].map((at) => kernelOf(at).patches.map(({ name }) => name)),
		[[], ['1.patch'], ['1.patch', '2.patch']],
	);
	const earlier: Bisection = { ...begun, badness: [], findings: [{ type: 'runs', commit: 2, failed: 3, passed: 0 }] };
	t.is((await begin({ patch: [dir] }, earlier)).begun.findings.length, 1);
	await t.throwsAsync(() => begin({ patch: [join(dir, '1.patch')] }, earlier), { instanceOf: UserError, message: /of something else/ });
});
