import test from 'ava';
import { checkout } from '../config/paths.ts';
import { loadSuites } from '../suite/load.ts';
import { whyNotRecordable } from './recordable.ts';

test('cases that run in the guest can be recorded; those that the host takes part in cannot, and the reason is told', async (t) => {
	const suites = await loadSuites(checkout.suites);
	const why = (suiteName: string, caseName: string) => {
		const suite = suites.find(({ name }) => name === suiteName);
		const entry = suite?.cases.find(({ name }) => name === caseName);
		if (!suite || !entry) throw new Error(`there is no ${suiteName}/${caseName}`);
		return whyNotRecordable(suite, entry);
	};
	t.is(why('planted', 'use-after-free'), undefined);
	t.is(why('nfs-fsc', 'v42-remount'), undefined);
	t.regex(why('race-erofs', 'withdraw-volume') ?? '', /race holds CPUs/);
	t.true(suites.flatMap((suite) => suite.cases.filter((entry) => entry.scenario && !whyNotRecordable(suite, entry))).length === 0);
	t.regex(whyNotRecordable({ needs: { shares: { export: '9p' } } } as never, {}) ?? '', /the share export \(9p\)/);
});
