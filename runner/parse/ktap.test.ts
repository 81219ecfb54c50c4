import test from 'ava';
import { parseKtap } from './ktap.ts';

const brief = (text: string) =>
	parseKtap(text).assertions.map(({ name, status, detail }) => `${status} ${name}${detail ? ` (${detail})` : ''}`);

test('test points, skips, todos and what was said after a failure are read', (t) => {
	const report = parseKtap(
		'KTAP version 1\n1..5\nok 1 cold read\nnot ok 2 - warm read\n# expected 0\n# got 4096\nok 3 v3 # SKIP no nfsv3\nnot ok 4 resize # TODO later\nok 5\n',
	);
	t.deepEqual(report.assertions, [
		{ name: 'cold read', status: 'PASS' },
		{ name: 'warm read', status: 'FAIL', detail: 'expected 0\ngot 4096' },
		{ name: 'v3', status: 'SKIP', detail: 'no nfsv3' },
		{ name: 'resize', status: 'TODO', detail: 'later' },
		{ name: '(5)', status: 'PASS' },
	]);
	t.deepEqual(report.problems, []);
	t.true(report.isComplete);
});

test('evidence is taken out at every level, and the last value counts', (t) => {
	const report = parseKtap(
		'KTAP version 1\n1..1\n# evidence: a 1\n  1..1\n  # evidence: b nfs\n  ok 1 x\n# evidence: a 2\nok 1 y\n# evidence: __proto__ 1\n',
	);
	t.deepEqual(report.evidence, { a: '2', b: 'nfs' });
});

test('names of nested test points are joined', (t) => {
	const text =
		'KTAP version 1\n1..2\n  KTAP version 1\n  1..2\n    KTAP version 1\n    1..1\n    ok 1 deep\n  ok 1 mid\n  not ok 2 other\n  # why\nnot ok 1 top\nok 2 last\n';
	t.deepEqual(brief(text), ['PASS top > mid > deep', 'FAIL top > other (why)', 'PASS last']);
	t.deepEqual(parseKtap(text).problems, []);
});

test('TAP 14 with its four spaces is read too', (t) => {
	t.deepEqual(brief('TAP version 14\n1..1\n    1..1\n    ok 1 inner\nok 1 outer\n'), ['PASS outer > inner']);
});

test('a parent that fails although its children passed is kept', (t) => {
	t.deepEqual(brief('1..1\n  1..1\n  ok 1 a\nnot ok 1 b\n# left a mount behind\n'), ['PASS b > a', 'FAIL b (left a mount behind)']);
});

test('a report without a plan, or with another number of points, says so', (t) => {
	t.deepEqual(parseKtap('ok 1 a\n').problems, ['no plan (1..N)']);
	t.deepEqual(parseKtap('1..3\nok 1 a\n').problems, ['planned 3, ran 1']);
	t.false(parseKtap('1..3\nok 1 a\n').isComplete);
	t.deepEqual(parseKtap('1..1\nok 1 a\nok 2 b\n').problems, ['planned 1, ran 2']);
	t.deepEqual(parseKtap('').problems, ['no plan (1..N)']);
});

test('a number that comes twice is a problem', (t) => {
	t.deepEqual(parseKtap('1..2\nok 1 a\nok 1 b\n').problems, ['test number 1 came twice']);
});

test('a bail-out keeps what came before it', (t) => {
	const report = parseKtap('1..2\n  1..2\n  ok 1 x\nBail out! disk full\nok 2 y\n');
	t.is(report.bailout, 'disk full');
	t.deepEqual(report.assertions, [{ name: 'x', status: 'PASS' }]);
	t.true(report.problems.includes('bailed out: disk full'));
	t.false(report.isComplete);
});

test('a plan of none gives the reason of the skip', (t) => {
	const report = parseKtap('KTAP version 1\n1..0 # SKIP no erofs\n');
	t.is(report.skipReason, 'no erofs');
	t.true(report.isComplete);
	t.deepEqual(report.problems, []);
});

test('a report cut off in the middle of a subtest gives what is there', (t) => {
	const report = parseKtap('KTAP version 1\n1..2\n  # Subtest: nfs\n  1..2\n  ok 1 mount\n  not ok 2 re');
	t.deepEqual(
		report.assertions.map(({ name, status }) => `${status} ${name}`),
		['PASS nfs > mount', 'FAIL nfs > re'],
	);
	t.false(report.isComplete);
	t.deepEqual(report.problems, ['planned 2, ran 0']);
});

test('garbage, escapes and CRLF do no harm', (t) => {
	const report = parseKtap('\u0000\u0001\r\nmount: done\r\n1..1\r\n[   1.0] noise\r\n{ }\r\nok 1 \u001b[31mred\u001b[0m\r\n');
	t.deepEqual(report.assertions, [{ name: 'red', status: 'PASS' }]);
	t.notThrows(() => parseKtap('not ok\n  ---\n  : : [\n  ...\n   ok\n1..999999999999\n#\n'));
});

test('of a flood of test points every failure is kept, up to a bound that is told', (t) => {
	const points = (count: number, from: number, status: string) =>
		Array.from({ length: count }, (_, at) => `${status} ${from + at + 1} - p${from + at + 1}`).join('\n');
	const late = parseKtap(`KTAP version 1\n1..10001\n${points(10_000, 0, 'ok')}\nnot ok 10001 - p10001\n`);
	t.is(late.assertions.length, 10_001);
	t.like(late.assertions.at(-1), { name: 'p10001', status: 'FAIL' });
	t.deepEqual(late.problems, []);
	const flood = parseKtap(`KTAP version 1\n1..20002\n${points(20_002, 0, 'not ok')}\n`);
	t.is(flood.assertions.length, 20_000);
	t.deepEqual(flood.problems, ['2 more failures than are kept']);
});
