import test from 'ava';
import { gateExitCode, isSettled, type Outcome, withOutcome } from './gate.ts';

const outcome = (kind: Outcome['outcome'], said: Partial<Outcome> = {}): Outcome => ({
	bug: '31',
	title: '',
	area: 'cachefiles',
	determinism: 'race-hard',
	kernelSpec: 'debian:6.12',
	patch: 'm',
	outcome: kind,
	durationMs: 0,
	runs: [],
	...said,
});

test('a measurement passes when every bug was caught, by the widened race at the latest, and every control was clean', (t) => {
	const caught = [outcome('missed'), outcome('caught', { patch: 'w' }), outcome('clean', { patch: 'd' })];
	t.is(gateExitCode({ outcomes: caught }), 0);
	t.is(gateExitCode({ outcomes: [...caught, outcome('not-applicable', { bug: '51' })] }), 0);
	for (const kind of ['missed', 'broken', 'noisy'] as const)
		t.is(gateExitCode({ outcomes: [...caught, outcome(kind, { bug: '02' })] }), 1, kind);
});

test('where no bug has a patch for the kernel nothing was measured, and that is no pass', (t) => {
	t.is(gateExitCode({ outcomes: [outcome('not-applicable')] }), 125);
	t.is(gateExitCode({ outcomes: [] }), 125);
});

test('what was broken is to be measured again, and its new outcome takes the place of the old', (t) => {
	const other = outcome('missed', { patch: 'w' });
	const before = [outcome('broken'), other];
	t.false(isSettled(before, outcome('caught')));
	t.true(isSettled(before, other));
	t.false(isSettled(before, outcome('caught', { kernelSpec: 'debian:6.1' })));
	t.deepEqual(withOutcome(before, outcome('caught')), [other, outcome('caught')]);
	t.true(isSettled(withOutcome(before, outcome('caught')), outcome('caught')));
	const caughtAfterAll = withOutcome([outcome('broken'), outcome('broken', { patch: 'w' })], outcome('caught'));
	t.is(gateExitCode({ outcomes: caughtAfterAll }), 0, 'nobody asks for the widened race any more');
});
