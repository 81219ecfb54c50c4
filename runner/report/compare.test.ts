import test from 'ava';
import type { CaseSide, Comparison } from '../model/comparison.ts';
import { comparisonHeadline, comparisonLines, powerText } from './compare.ts';
import { toCompareHtml } from './html/compare.ts';
import { createPaint } from './paint.ts';

const side = (failed: number, votes: number, reason?: string): CaseSide => ({
	status: failed > 0 ? 'FAIL' : 'PASS',
	failed,
	votes,
	attempts: votes,
	interval: [0, 0.5],
	...(reason !== undefined && { reason }),
});

const comparison: Comparison = {
	schema: 1,
	id: 'x',
	made: '2026-11-25T00:00:00Z',
	base: { name: 'debian:6.12', origins: ['Debian'], runs: ['base-1', 'base-2'] },
	head: { name: 'debian:6.12 + fix.patch', origins: ['Debian + fix.patch'], runs: ['head-1', 'head-2'] },
	threshold: 0.05,
	changes: [
		{
			kind: 'broken',
			case: 'nfs/warm',
			column: '',
			base: side(0, 5),
			head: side(5, 5, 'not ok: \u001b[31mwarm <b>'),
			p: 0.0079,
			by: 'chance',
		},
		{ kind: 'skip', case: 'nfs/v3', column: 'debian:6.1', base: side(0, 5), head: { ...side(0, 0, 'no v3'), status: 'SKIP' } },
	],
	same: 7,
	splats: [
		{ title: 'KASAN: new', fingerprint: 'a', base: 0, head: 5, cases: ['nfs/warm'] },
		{ title: 'WARNING: both', fingerprint: 'b', base: 1, head: 1, cases: ['nfs/warm'] },
	],
	timings: [{ case: 'nfs/cold', column: '', baseMs: 1000, headMs: 2000, p: 0.008, effect: 1 }],
	onlyBase: [],
	onlyHead: ['nfs/extra'],
	sees: 0.8,
	verdict: 'regression',
};

test('the answer comes first, then each change with its rates and its proof', (t) => {
	const lines = comparisonLines(comparison, { paint: createPaint(false) });
	t.is(lines[0], 'REGRESSION: 1 broken, 1 skipped on one side');
	const text = lines.join('\n');
	t.regex(text, /^broken +nfs\/warm {2}0\/5 failed \(0-50 %\) -> 5\/5 failed \(0-50 %\) {2}p=0\.008 {2}not ok: warm <b>$/m);
	t.regex(text, /^skip +nfs\/v3 on debian:6\.1 .*-> SKIP {2}no v3$/m);
	t.regex(text, /^new report +KASAN: new {2}5 attempts: nfs\/warm$/m);
	t.notRegex(text, /WARNING: both/);
	t.regex(text, /^slower {2}nfs\/cold {2}1\.0 s -> 2\.0 s {2}p=0\.008, effect 1\.00$/m);
	t.regex(text, /^only in head {2}nfs\/extra$/m);
	t.regex(text, /a new failure in 80 % of runs or more would have been proved/);
});

test('where only what always fails would have been called broken, or nothing would, no rate is promised', (t) => {
	const { sees, ...none } = comparison;
	t.is(powerText({ ...none, sees: 1 }), '7 cases passed on both sides; only a new failure in every run would have been called broken');
	t.regex(
		powerText(none),
		/; too few runs to call a new failure more than maybe broken: --times 3 and more can \(of stored runs, --repeat 3\)$/,
	);
});

test('attempts that told nothing are counted beside those that did', (t) => {
	const head = { ...side(0, 1, 'no evidence: served'), status: 'INCONCLUSIVE' as const, attempts: 5 };
	const thin: Comparison = {
		...comparison,
		changes: [{ kind: 'fewer-votes', case: 'nfs/warm', column: '', base: side(0, 5), head }],
		verdict: 'no regression',
	};
	const text = comparisonLines(thin, { paint: createPaint(false) }).join('\n');
	t.regex(text, /^NO REGRESSION: 1 with fewer votes on one side$/m);
	t.regex(text, /^fewer votes +nfs\/warm {2}0\/5 failed \(0-50 %\) -> 0\/1 failed \(0-50 %\), 4 told nothing {2}no evidence: served$/m);
});

test('a side that does not build is told with the reason', (t) => {
	const head = { ...comparison.head, problem: 'fs/x.c:1:1: error: no' };
	t.is(comparisonHeadline({ ...comparison, head, verdict: 'untestable' }), 'UNTESTABLE: fs/x.c:1:1: error: no');
});

test('a comparison in which nothing was proved does not call itself one without a regression', (t) => {
	const { sees, ...none } = comparison;
	const unproved = { case: 'nfs/warm', status: 'INCONCLUSIVE', reason: 'no evidence: \u001b[31mwarm' } as const;
	const [headline, ...lines] = comparisonLines(
		{ ...none, changes: [], same: 0, verdict: 'untestable', unproved },
		{ paint: createPaint(false) },
	);
	t.is(headline, 'UNTESTABLE: no case passed or failed on both sides; nfs/warm is INCONCLUSIVE: no evidence: warm');
	t.true(lines.includes('0 cases passed on both sides'));
	t.is(comparisonHeadline({ ...none, verdict: 'untestable' }), 'UNTESTABLE: the two have no case in common');
});

test('as HTML it has the same, and text of a guest stays text', async (t) => {
	const html = await toCompareHtml(comparison);
	t.regex(html, /REGRESSION: 1 broken/);
	t.true(html.includes('not ok: warm &lt;b&gt;'));
	t.regex(html, /<svg/);
	t.notRegex(html, /(?:src|href)="/);
});
