/** A failure passes for a known issue only with its symptom: in a shell case, and in a scenario. */

import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { exec } from '../util/exec.ts';
import { createLog } from './scenario.ts';

const ktap = join(checkout.suites, 'lib/ktap.sh');

test('check_known of a shell case', async (t) => {
	const script = `. ${ktap}; plan 3; check_known issue true right true; check_known issue true known false; check_known issue false other false`;
	const { stdout, exitCode } = await exec('sh', ['-c', script], { allowFailure: true });
	t.is(
		stdout.replaceAll(/^#.*\n?/gm, '').trim(),
		['KTAP version 1', '1..3', 'ok 1 right', 'not ok 2 known # TODO known issue issue', 'not ok 3 other'].join('\n'),
	);
	t.is(exitCode, 1);
});

test('okKnown of a scenario', (t) => {
	const log = createLog();
	t.true(log.okKnown('issue', true, false, 'right'));
	t.false(log.okKnown('issue', false, true, 'known'));
	t.false(log.okKnown('issue', false, false, 'other'));
	t.deepEqual(
		log.assertions.map(({ name, status }) => `${name} ${status}`),
		['right PASS', 'known TODO', 'other FAIL'],
	);
});
