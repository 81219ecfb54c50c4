/** Comparisons on real kernels: a failure that comes now and then is found, and two sides that are the same kernel are called so. */

import test from 'ava';
import type { Comparison } from '../../model/comparison.ts';
import { crucible } from '../crucible.ts';
import { daemonSource, flakyDaemon } from '../flaky-daemon.ts';
import { freshPatch } from '../fresh-patch.ts';

async function compare(...args: string[]): Promise<{ comparison: Comparison; exitCode: number | undefined; stderr: string }> {
	const { stdout, stderr, exitCode } = await crucible(['compare', '--json', ...args]);
	if (stdout === '') throw new Error(`crucible compare ${args.join(' ')} exited with ${exitCode}:\n${stderr}`);
	return { comparison: JSON.parse(stdout) as Comparison, exitCode, stderr };
}

test.serial('a patch that makes a case fail three times in ten is called a regression', async (t) => {
	const patch = await freshPatch(t, 'flake', daemonSource, (text) => flakyDaemon(text, 3));
	// With 40 rounds chance hides a rate of 30 % once in 70 tries (binomial, fewer than six failures).
	const { comparison, exitCode, stderr } = await compare('erofs-ondemand/partial', '--patch', patch, '--times', '40');
	t.is(exitCode, 1, stderr);
	t.is(comparison.verdict, 'regression');
	const [change] = comparison.changes;
	t.is(change?.kind, 'broken', stderr);
	t.log(`${change?.head.failed} of ${change?.head.votes} fail, p = ${change?.p}`);
});

test.serial('the same kernel on both sides is called a regression in none of 20 comparisons', async (t) => {
	t.timeout(60 * 60_000);
	for (let n = 1; n <= 20; n++) {
		const { comparison, exitCode, stderr } = await compare(
			'erofs-ondemand/partial',
			...['--base', 'debian:6.12', '--head', 'debian:6.12', '--times', '5', '--seed', `${n}`],
		);
		t.is(exitCode, 0, stderr);
		t.is(comparison.verdict, 'no regression', stderr);
		t.deepEqual(
			comparison.changes.filter(({ kind }) => kind === 'broken' || kind === 'fixed'),
			[],
			stderr,
		);
	}
});
