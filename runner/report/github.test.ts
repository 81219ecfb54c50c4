import test from 'ava';
import type { Trends } from '../model/history.ts';
import type { Nightly } from '../model/nightly.ts';
import { canonicalRun } from './canonical-run.ts';
import { githubAnnotations, stepSummary } from './github.ts';

test('each failure is one line, with nothing in it that begins another command', (t) => {
	const run = canonicalRun();
	const [job] = run.jobs;
	const [result] = job?.cases ?? [];
	if (!job || !result) return t.fail('the canonical run has a case');
	const hostile = { ...result, status: 'FAIL' as const, reason: 'a\n::error::forged 100%\u001b[31m', case: 'x,title=y::z' };
	const [line = '', ...more] = githubAnnotations([{ ...run, jobs: [{ ...job, cases: [hostile] }] }]);
	t.deepEqual(more, []);
	t.regex(line, /^::error title=FAIL [^,:]*x%2Ctitle=y%3A%3Az/);
	t.true(line.includes('a%0A::error::forged 100%25'));
	t.false(line.includes('\n') || line.includes('\u001b'));
});

test('at most ten annotations of a kind', (t) => {
	const run = canonicalRun();
	t.true(githubAnnotations(Array.from({ length: 50 }, () => run)).filter((line) => line.startsWith('::error')).length === 10);
});

test('the summary tells the matrix, what broke and what is new, and guest text makes no markup', (t) => {
	const cells = [{ id: '1', kernel: 'debian:6.12', config: 'kasan', verdict: 'FAIL' as const, exitCode: 1 }];
	const nightly: Nightly = { schema: 1, id: 'n2', started: '', config: '', seed: 1, cells };
	const trends: Trends = {
		nights: ['n1', 'n2'],
		cases: [
			{ kernel: 'k', config: 'c', path: 's/x', statuses: ['PASS', 'FAIL'], failed: 1, votes: 2, interval: [0.01, 0.99], kind: 'broken' },
		],
		sightings: [{ fingerprint: 'abc', title: 'BUG <b>|x', firstSeen: 'n2', lastSeen: 'n2', nights: 1, times: 1, paths: ['s/x'] }],
	};
	const text = stepSummary(nightly, trends);
	t.true(text.includes('| debian:6.12 | kasan | FAIL |'));
	t.regex(text, /### Broken and fixed\n\n.*\n.*\n\| s\/x \| k \| c \| PASS FAIL \| 1\/2 \| 1–99 % \|/);
	t.true(text.includes('| abc | BUG &lt;b&gt;\\|x | **this night** |'));
});
