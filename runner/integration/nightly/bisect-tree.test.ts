/** Failures are found among the 64 commits of a git tree; the user's checkout is not touched. Nightly: the tree's kernel is built whole. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../../config/paths.ts';
import type { Bisection } from '../../model/bisection.ts';
import { exec } from '../../util/exec.ts';
import { bisect, brokenCase, bug } from '../bisect.ts';
import { crucible } from '../crucible.ts';
import { debianHistory } from '../debian-history.ts';

test.serial('the commit of a git tree that breaks a case is named; its log says so in git’s words', async (t) => {
	t.timeout(60 * 60_000);
	const { repository, certain } = await debianHistory(bug);
	await buildWhole(`${repository}#${certain.good}`);
	const before = await exec('git', ['-C', repository, 'status', '--porcelain', '--branch']);
	const began = performance.now();
	const { state, stderr } = await bisect(brokenCase, '--kernel', repository, '--good', certain.good, '--bad', certain.bad);
	t.log(`${((performance.now() - began) / 60_000).toFixed(1)} min, ${outline(state)}`);
	const found = state.outcome?.kind === 'found' ? state.outcome : undefined;
	t.deepEqual(
		found?.suspects.map((at) => state.commits[at]?.id),
		[certain.culprit],
		stderr,
	);
	t.true((found?.confidence ?? 0) >= 0.98);
	t.regex(stderr, /not ok: warm read is served without a READ on the server/);
	t.is((await exec('git', ['-C', repository, 'status', '--porcelain', '--branch'])).stdout, before.stdout);

	const log = await readFile(join(checkout.results, `${state.id}-bisect`, 'BISECT_LOG'), 'utf8');
	t.regex(log, new RegExp(`^# first bad commit: \\[${certain.culprit}\\] the culprit$`, 'm'));
});

test.serial('the commit that makes a case fail one time in five is named', async (t) => {
	t.timeout(60 * 60_000);
	const { repository, flaky } = await debianHistory(bug);
	await buildWhole(`${repository}#${flaky.good}`);
	const began = performance.now();
	const { state, stderr } = await bisect('erofs-ondemand/partial', '--kernel', repository, '--good', flaky.good, '--bad', flaky.bad);
	t.log(`${((performance.now() - began) / 60_000).toFixed(1)} min, ${outline(state)}`);
	const found = state.outcome?.kind === 'found' ? state.outcome : undefined;
	t.deepEqual(
		found?.suspects.map((at) => state.commits[at]?.id),
		[flaky.culprit],
		stderr,
	);
	t.true((found?.confidence ?? 0) >= 0.98);
});

/** All that is not a module, once: what a bisection takes is measured without it. */
async function buildWhole(kernel: string): Promise<void> {
	const { exitCode, stderr } = await crucible(['build', '--kernel', kernel]);
	if (exitCode !== 0) throw new Error(`${kernel} does not build:\n${stderr}`);
}

function outline({ findings }: Bisection): string {
	const runs = findings.flatMap((finding) => (finding.type === 'runs' ? [finding.failed + finding.passed] : []));
	const kernels = findings.filter(({ type }) => type === 'kernel').length;
	return `${runs.reduce((sum, count) => sum + count, 0)} runs, ${kernels} kernels`;
}
