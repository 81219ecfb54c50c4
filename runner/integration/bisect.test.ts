/** A known bug is found among the commits of a git tree, and among the patches of a series; the user's checkout is not touched. */

import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import type { Bisection } from '../model/bisection.ts';
import { exec } from '../util/exec.ts';
import { crucible } from './crucible.ts';
import { debianHistory } from './debian-history.ts';

const name = 'nfs-fsc/v42-remount';
const bug = '26';

async function bisect(...args: string[]): Promise<{ state: Bisection; stdout: string; stderr: string }> {
	const { stdout, stderr, exitCode } = await crucible(['bisect', '--json', '--case', name, ...args]);
	if (exitCode !== 0) throw new Error(`crucible bisect exited with ${exitCode}:\n${stderr}`);
	return { state: JSON.parse(stdout) as Bisection, stdout, stderr };
}

test.serial('the patch of a series that breaks a case is named', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-series-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const harmless = async (n: number) => {
		const path = `Documentation/filesystems/harmless-${n}.rst`;
		await writeFile(join(dir, `${n}.patch`), `--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${n}\n`);
	};
	for (const n of [1, 2, 4, 5]) await harmless(n);
	const bugs = join(checkout.suites, 'known-bugs/6.12');
	const [file = ''] = (await readdir(bugs)).filter((entry) => entry.startsWith(`${bug}-`));
	await copyFile(join(bugs, file), join(dir, '3.patch'));
	const { state, stderr } = await bisect('--patch', dir);
	t.deepEqual(state.outcome?.kind === 'found' && state.outcome.suspects, [3], stderr);
	// What is not built is known to change nothing: two kernels, and nothing between them to run.
	t.true(state.findings.filter(({ type }) => type === 'runs').length <= 5, stderr);
	t.regex(stderr, /the same kernel as/);
});

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
