/** Failures are found among the 64 commits of a git tree; the user's checkout is not touched. Nightly: the tree's kernel is built whole. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { checkout } from '../../config/paths.ts';
import { exec } from '../../util/exec.ts';
import { bisect, brokenCase, bug } from '../bisect.ts';
import { crucible } from '../crucible.ts';
import { debianHistory, type Line } from '../debian-history.ts';

/** Neither failure needs a sanitizer to be seen, and the first build takes half as long. */
const config = ['--config', 'plain'];

test.serial('the commit of a git tree that breaks a case is named; its log says so in git’s words', async (t) => {
	const { repository, certain } = await debianHistory(bug);
	const before = await exec('git', ['-C', repository, 'status', '--porcelain', '--branch']);
	const { state, stderr } = await find(t, brokenCase, repository, certain);
	t.regex(stderr, /not ok: warm read is served without a READ on the server/);
	t.is((await exec('git', ['-C', repository, 'status', '--porcelain', '--branch'])).stdout, before.stdout);

	const log = await readFile(join(checkout.results, `${state.id}-bisect`, 'BISECT_LOG'), 'utf8');
	t.regex(log, new RegExp(`^# first bad commit: \\[${certain.culprit}\\] the culprit$`, 'm'));
});

test.serial('the commit that makes a case fail one time in five is named', async (t) => {
	const { repository, flaky } = await debianHistory(bug);
	await find(t, 'erofs-ondemand/partial', repository, flaky);
});

/** Bisects the line, and checks that its culprit is named; what does not belong to a module is built before, and not measured. */
async function find(t: ExecutionContext, theCase: string, repository: string, { good, bad, culprit }: Line) {
	t.timeout(60 * 60_000);
	const built = await crucible(['build', ...config, '--kernel', `${repository}#${good}`]);
	t.is(built.exitCode, 0, built.stderr);
	const began = performance.now();
	const bisected = await bisect(theCase, ...config, '--kernel', repository, '--good', good, '--bad', bad);
	const { findings, commits, outcome } = bisected.state;
	const runs = findings.reduce((sum, one) => sum + (one.type === 'runs' ? one.failed + one.passed : 0), 0);
	const kernels = findings.filter(({ type }) => type === 'kernel').length;
	t.log(`${((performance.now() - began) / 60_000).toFixed(1)} min, ${runs} runs, ${kernels} kernels`);
	const found = outcome?.kind === 'found' ? outcome : undefined;
	t.deepEqual(
		found?.suspects.map((at) => commits[at]?.id),
		[culprit],
		bisected.stderr,
	);
	t.true((found?.confidence ?? 0) >= 0.98);
	return bisected;
}
