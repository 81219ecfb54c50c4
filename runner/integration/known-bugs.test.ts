/** The smoke suites are seen failing on bugs that the kernel once had: a fix is taken out, and the case that must notice does. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { outline, resultsOf, runJson } from './crucible.ts';

const bugs = [
	{
		id: '26',
		what: 'every volume counts as stale at its next mount',
		case: 'nfs-fsc/v42-remount',
		reason: /^not ok: warm read is served without a READ on the server/,
	},
	{
		id: '45',
		what: 'a file kept open is never read back from the cache',
		case: 'nfs-fsc/v42-drop-pages',
		reason: /^not ok: warm read is served without a READ on the server/,
	},
];

for (const bug of bugs) {
	test.serial(`known bug ${bug.id} (${bug.what}) is caught by ${bug.case}`, async (t) => {
		const dir = join(checkout.suites, 'known-bugs/6.12');
		const file = (await readdir(dir)).find((name) => name.startsWith(`${bug.id}-`));
		const { run, exitCode } = await runJson([bug.case, '--patch', join(dir, file ?? ''), '--reruns', '1']);
		const result = resultsOf(run).get(bug.case);
		t.is(exitCode, 1, outline(run));
		t.regex(result?.reason ?? '', bug.reason);
		t.is(result?.attempts.length, 2, 'a failure is rerun for its rate');
		t.regex(result?.reason ?? '', /\(2\/2\)$/);
	});
}
