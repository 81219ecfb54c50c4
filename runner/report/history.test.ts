import test from 'ava';
import { canonicalRun } from './canonical-run.ts';
import { historyOf, historyText } from './history.ts';

test('history tells how a case ended in each run that ran it, in order', (t) => {
	const run = canonicalRun();
	const history = historyOf([
		{ ...run, id: 'a' },
		{ ...run, id: 'b' },
	]);
	const past = history.get('nfs-fsc.debian-6.12.kasan/withdraw-race') ?? [];
	t.deepEqual(past, [
		{ run: 'a', status: 'FAIL', failed: 2, attempts: 3 },
		{ run: 'b', status: 'FAIL', failed: 2, attempts: 3 },
	]);
	t.is(historyText(past), 'failed in 2 of 2 runs before');
	const never = run.jobs.flatMap((job) => job.cases.filter(({ attempts }) => attempts.length === 0).map((one) => `${job.id}/${one.case}`));
	t.true(never.length > 0 && never.every((key) => !history.has(key)));
});
