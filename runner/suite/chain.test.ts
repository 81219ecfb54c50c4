import test from 'ava';
import type { Attempt } from '../model/run.ts';
import { goesOn, joinLinks, strainOf } from './chain.ts';

const attempt: Attempt = {
	status: 'PASS',
	durationMs: 100,
	assertions: [{ name: 'reads', status: 'PASS' }],
	evidence: [{ claim: 'x == 1', holds: true }],
	splats: [],
	leftOvers: [],
	counters: {},
	measured: { x: '1' },
	dir: 'd',
};
const splat = { kind: 'KASAN', title: 'KASAN: x', fingerprint: 'abc', isFailure: true, stacks: [], text: '' } as const;

test('a chain has the worst status of its cases, and says whose it is and what never ran', (t) => {
	const links = [
		{ case: 'a', attempt },
		{ case: 'b', attempt: { ...attempt, status: 'FAIL' as const, reason: 'KASAN: x', splats: [splat] } },
	];
	const joined = joinLinks(links, 3, 'jobs/j/a+b+c');
	t.is(joined.status, 'FAIL');
	t.is(joined.reason, 'b: KASAN: x; 1 of 3 never ran');
	t.is(joined.durationMs, 200);
	t.deepEqual(joined.links, [
		{ case: 'a', status: 'PASS', splats: [] },
		{ case: 'b', status: 'FAIL', reason: 'KASAN: x', splats: ['abc'] },
	]);
	t.deepEqual(
		joined.assertions.map(({ name }) => name),
		['a > reads', 'b > reads'],
	);
	t.is(joined.measured['b x'], '1');
});

test('a chain of passes passes; one that proves nothing makes it INCONCLUSIVE', (t) => {
	t.is(joinLinks([{ case: 'a', attempt }], 1, '').status, 'PASS');
	const unsure = { ...attempt, status: 'INCONCLUSIVE' as const, reason: 'not ok: warm' };
	t.is(
		joinLinks(
			[
				{ case: 'a', attempt },
				{ case: 'b', attempt: unsure },
			],
			2,
			'',
		).reason,
		'b: not ok: warm',
	);
});

test('a chain that was cut off proves nothing, however its cases went', (t) => {
	t.like(joinLinks([{ case: 'a', attempt }], 3, ''), { status: 'INCONCLUSIVE', reason: '2 of 3 never ran' });
});

test('no case follows in a guest that is not as it was', (t) => {
	t.true(goesOn(attempt));
	t.true(goesOn({ ...attempt, status: 'INCONCLUSIVE' }));
	t.false(goesOn({ ...attempt, status: 'FAIL' }));
	t.false(goesOn({ ...attempt, status: 'ERROR' }));
	t.false(goesOn({ ...attempt, status: 'INCONCLUSIVE', leftOvers: ['mount of nfs'] }));
	t.false(goesOn({ ...attempt, status: 'INCONCLUSIVE', isUnsettled: true }), 'its program is still there');
});

test('circumstances are told; the first case in a guest has none', (t) => {
	t.is(strainOf([], undefined), undefined);
	t.is(strainOf(['a', 'b'], undefined), 'after a, b in one guest');
	t.is(strainOf(['a'], 'memory-pressure,leaveMiB=256'), 'after a in one guest, under memory-pressure,leaveMiB=256');
});
