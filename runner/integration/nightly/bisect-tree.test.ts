/** A known bug is found among the commits of a git tree; the user's checkout is not touched. Nightly: the tree's kernel is built whole. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../../config/paths.ts';
import { exec } from '../../util/exec.ts';
import { bisect, bug } from '../bisect.ts';
import { debianHistory } from '../debian-history.ts';

test.serial('the commit of a git tree that breaks a case is named; its log says so in git’s words', async (t) => {
	const { repository, good, bad, culprit } = await debianHistory(bug);
	const before = await exec('git', ['-C', repository, 'status', '--porcelain', '--branch']);
	const { state, stderr } = await bisect('--kernel', repository, '--good', good, '--bad', bad);
	const found = state.outcome?.kind === 'found' ? state.outcome : undefined;
	t.deepEqual(
		found?.suspects.map((at) => state.commits[at]?.id),
		[culprit],
		stderr,
	);
	t.true((found?.confidence ?? 0) >= 0.98);
	t.regex(stderr, /not ok: warm read is served without a READ on the server/);
	t.is((await exec('git', ['-C', repository, 'status', '--porcelain', '--branch'])).stdout, before.stdout);

	const log = await readFile(join(checkout.results, `${state.id}-bisect`, 'BISECT_LOG'), 'utf8');
	t.regex(log, new RegExp(`^# first bad commit: \\[${culprit}\\] known bug ${bug}$`, 'm'));
});
