import test from 'ava';
import { gateExitCode, type Outcome } from './gate.ts';

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
