import test from 'ava';
import type { Run, Status } from '../model/run.ts';
import { canonicalRun } from './canonical-run.ts';
import { changedText, changesOf, iterationLines, withRun } from './changes.ts';
import { createPaint } from './paint.ts';

const canonical = canonicalRun();

/** One job whose cases have these statuses; a MISS never ran. */
function runOf(statuses: Readonly<Record<string, Status>>): Run {
	const job = canonical.jobs.find(({ cases }) => cases[0]?.attempts[0]);
	const model = job?.cases[0];
	if (!job || !model) throw new Error('the canonical run has changed');
	const cases = Object.entries(statuses).map(([name, status]) => ({
		...model,
		case: name,
		status,
		reason: `why ${name}`,
		attempts: status === 'MISS' ? [] : model.attempts,
	}));
	return { ...canonical, jobs: [{ ...job, cases }] };
}

test('what broke stands before what is fixed, and what stayed is not told', (t) => {
	const last = withRun(new Map(), runOf({ a: 'FAIL', b: 'PASS', c: 'PASS', d: 'FAIL', e: 'PASS', f: 'FAIL' }));
	const changes = changesOf(last, runOf({ a: 'PASS', b: 'FAIL', c: 'PASS', d: 'INCONCLUSIVE', e: 'XFAIL', f: 'MISS', g: 'FAIL' }));
	t.deepEqual(
		changes.map(({ kind, after }) => `${kind} ${after}`),
		['broken FAIL', 'fixed PASS', 'other INCONCLUSIVE', 'other XFAIL'],
	);
});

test('a case that an overtaken run did not reach keeps its last status', (t) => {
	const first = withRun(new Map(), runOf({ a: 'PASS' }));
	const last = withRun(first, runOf({ a: 'MISS' }));
	t.is(changesOf(last, runOf({ a: 'FAIL' }))[0]?.kind, 'broken');
});

test('an iteration ends in a few plain lines: changes, what could not be built with the compiler’s words, the verdict', (t) => {
	const last = withRun(new Map(), runOf({ a: 'PASS' }));
	const lines = iterationLines(last, runOf({ a: 'FAIL' }), { paint: createPaint(false), report: '/r/report.html' });
	t.regex(lines[0] ?? '', /^broken {2}\S+\/a on .* {2}PASS -> FAIL {2}why a$/);
	t.regex(lines.at(-1) ?? '', /^FAIL {2}19 cases: .* {2}\/r\/report\.html$/);
	t.is(lines.length, 2);
	const broken = iterationLines(new Map(), canonical, { paint: createPaint(false), report: '' });
	t.true(broken.some((line) => line.includes('implicit declaration of function')));
});

test('many names are counted', (t) => {
	t.is(changedText(['a', 'b\u001b[2J']), 'a, b');
	t.is(changedText(['a', 'b', 'c', 'd', 'e', 'f']), 'a, b, c, d and 2 more');
});
