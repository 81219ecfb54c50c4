import test from 'ava';
import type { Bisection, Finding } from '../model/bisection.ts';
import { bisectionLines, findingLine } from './bisect.ts';
import { createPaint } from './paint.ts';

const paint = createPaint(false);
const ids = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(40));
const state: Bisection = {
	schema: 2,
	id: 'x',
	started: '',
	source: '/linux',
	kind: 'commits',
	case: 'nfs/warm',
	config: 'kasan',
	patches: [],
	accel: 'auto',
	warp: true,
	seed: 1,
	confidence: 0.98,
	mostRuns: 1000,
	commits: ids.map((id, at) => ({ id, title: `commit ${at}`, parents: at === 0 ? [] : [ids[at - 1] ?? ''] })),
	findings: [
		{ type: 'kernel', commit: 3, identity: 'k' },
		{ type: 'runs', commit: 3, failed: 3, passed: 0 },
		{ type: 'runs', commit: 0, failed: 0, passed: 2 },
		{ type: 'untestable', commit: 1, why: 'fs/x.c:1: error' },
	],
	badness: [0, 0.1, 0.99, 1],
	outcome: { kind: 'found', suspects: [2], confidence: 0.985 },
};

const lineOf = (finding: Finding, blame = [0, 0.1, 0.89, 0.01]) => findingLine(finding, { ...state, blame }, paint);

test('each finding is a line with what it leaves to suspect', (t) => {
	t.is(lineOf({ type: 'untestable', commit: 1, why: 'fs/x.c:1: error' }), 'skip  bbbbbbbbbbbb commit 1  fs/x.c:1: error');
	t.is(
		lineOf({ type: 'kernel', commit: 2, identity: 'k' }),
		'built cccccccccccc commit 2  the same kernel as dddddddddddd commit 3: needs no run',
	);
	t.is(
		lineOf({ type: 'runs', commit: 3, failed: 3, passed: 0 }),
		'fail  dddddddddddd commit 3  failed 3 of 3; 3 commits suspected, the likeliest 89 %',
	);
});

test('where branches merge the likeliest is one of them, and not the merge that has both', (t) => {
	const [base = '', left = '', right = '', merge = ''] = ids;
	const parents = { [base]: [], [left]: [base], [right]: [base], [merge]: [left, right] };
	const after = {
		...state,
		commits: state.commits.map((commit) => ({ ...commit, parents: parents[commit.id] ?? [] })),
		badness: [0, 0.45, 0.45, 1],
		blame: [0, 0.45, 0.45, 0.1],
	};
	t.regex(findingLine({ type: 'runs', commit: 3, failed: 3, passed: 0 }, after, paint), /; 3 commits suspected, the likeliest 45 %$/);
});

test('the end names the culprit, how sure that is, and every commit that was looked at', (t) => {
	const text = bisectionLines(state, { paint, dir: '/r', evidence: ['KASAN: x'] }).join('\n');
	t.regex(text, /^c{40} is the first bad commit, 99 % sure\n {2}commit 2\n/);
	t.regex(text, /^ +10 % bad {2}bbbbbbbbbbbb commit 1 {2}not testable: fs\/x\.c:1: error$/m);
	t.regex(text, /^KASAN: x$/m);
	t.regex(text, /5 runs of nfs\/warm on 3 commits of 4/);
	t.regex(text, /git bisect replay \/r\/BISECT_LOG$/m);
});

test('what could not be decided is said', (t) => {
	const options = { paint, dir: '/r', evidence: [] };
	const ends = { ...state, outcome: { kind: 'ends' as const, why: 'the bad end does not fail: it passed 40 times' } };
	t.regex(bisectionLines(ends, options)[0] ?? '', /^nothing to bisect: the bad end does not fail/);
	const several = { ...state, outcome: { kind: 'found' as const, suspects: [1, 2], confidence: 0.99 } };
	t.regex(
		bisectionLines(several, options)[0] ?? '',
		/^one of 2 commits is the first bad one, 99 % sure; what is between them cannot be tested$/,
	);
});
