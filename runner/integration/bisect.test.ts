/** A known bug is found among the patches of a series. */

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { bisect, brokenCase, bug, bugPatch } from './bisect.ts';

test.serial('the patch of a series that breaks a case is named', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-series-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const harmless = async (n: number) => {
		const path = `Documentation/filesystems/harmless-${n}.rst`;
		await writeFile(join(dir, `${n}.patch`), `--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${n}\n`);
	};
	for (const n of [1, 2, 4, 5]) await harmless(n);
	await copyFile(await bugPatch(bug), join(dir, '3.patch'));
	const { state, stderr } = await bisect(brokenCase, '--patch', dir);
	t.deepEqual(state.outcome?.kind === 'found' && state.outcome.suspects, [3], stderr);
	// What is not built is known to change nothing: two kernels, and nothing between them to run.
	t.true(state.findings.filter(({ type }) => type === 'runs').length <= 5, stderr);
	t.regex(stderr, /the same kernel as/);
});
