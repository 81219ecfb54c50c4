/** A fault that did not fire is never a pass, and the oracle of the fault suites, the hash of what was read, sees wrong content. */

import test from 'ava';
import type { Status } from '../model/run.ts';
import { outline, resultsOf, runJson } from './crucible.ts';

const fired = (count: string) => new RegExp(`^evidence: fault_broken_fired >= \\d, measured ${count}`);

const expected: Readonly<Record<string, readonly [Status, RegExp?]>> = {
	fires: ['PASS'],
	'fires-too-rarely': ['INCONCLUSIVE', fired('1')],
	'never-fires': ['INCONCLUSIVE', fired('0')],
	'never-armed': ['INCONCLUSIVE', fired('nothing')],
	// The one that suite.yaml declares, and the one that the scenario made up.
	'scenario-never-fires': ['INCONCLUSIVE', /^evidence: fault_broken_fired >= 1, measured 0 \(and 1 more\)$/],
	unsupported: ['SKIP', /cannot make no_such_function fail/],
	'wrong-content': ['FAIL', /^not ok: the warm read gives the content of the server$/],
};

test('6.12: each planted case gets its verdict, for its reason', async (t) => {
	t.timeout(300_000);
	const { run } = await runJson(['planted-faults', '--reruns', '0']);
	const results = resultsOf(run);
	for (const [name, [status, reason]] of Object.entries(expected)) {
		const result = results.get(`planted-faults/${name}`);
		t.is(result?.status, status, outline(run));
		if (reason) t.regex(result?.reason ?? '', reason);
	}
});
