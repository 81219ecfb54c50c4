/** What of the stand-in for xfstests takes longer: a test that hangs, and each test on the other stack and kernel. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../../config/paths.ts';
import { outline, resultsOf, runJson } from '../crucible.ts';

const tree = join(checkout.top, 'runner/integration/testdata/xfstests');

test.serial('a test that hangs is ended at its deadline, and the hang is told', async (t) => {
	const { run } = await runJson(['xfstests/*.generic-005', '--xfstests', tree, '--timeout', '30', '--reruns', '0']);
	for (const [name, { status, reason, attempts }] of resultsOf(run)) {
		t.is(status, 'FAIL', `${name}\n${outline(run)}`);
		t.regex(reason ?? '', /^test hang: /, name);
		const log = await readFile(join(checkout.results, run.id, attempts[0]?.dir ?? '', 'console.log'), 'utf8');
		t.regex(log, /run fstests generic\/005/, `${name} hangs in the test`);
	}
	t.is(run.jobs[0]?.cases.length, 2);
});

test.serial('6.1: the same tests get the same verdicts; what NFS does there in every case is the known issue', async (t) => {
	const options = ['-g', 'quick', '--kernel', 'debian:6.1', '--reruns', '0'];
	const { run } = await runJson(['xfstests', '--xfstests', tree, ...options]);
	const statuses = Object.fromEntries([...resultsOf(run)].map(([name, { status }]) => [name.replace('xfstests/', ''), status]));
	t.deepEqual(
		statuses,
		{
			'nfs.generic-001': 'XFAIL',
			'nfs.generic-002': 'FAIL',
			'nfs.generic-003': 'SKIP',
			'nfs.generic-006': 'INCONCLUSIVE',
			'9p.generic-001': 'PASS',
			'9p.generic-002': 'FAIL',
			'9p.generic-003': 'SKIP',
			'9p.generic-006': 'INCONCLUSIVE',
		},
		outline(run),
	);
});
