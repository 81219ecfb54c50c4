import test from 'ava';
import type { Gate, Outcome } from '../model/gate.ts';
import { gateHeadline } from './gate.ts';

test('a measurement that measured nothing says so', (t) => {
	const none = { bug: '51', area: '9p', kernelSpec: 'debian:6.12', patch: 'm', outcome: 'not-applicable' } as Outcome;
	const gate = { kernels: ['debian:6.12'], outcomes: [none] } as unknown as Gate;
	t.is(gateHeadline(gate), 'nothing was measured: none of these bugs has a patch for debian:6.12');
	t.is(gateHeadline({ ...gate, outcomes: [] }), 'nothing was measured');
	t.is(
		gateHeadline({ ...gate, outcomes: [none, { ...none, bug: '31', outcome: 'caught' }] }),
		'1 of 1 bug caught (100 %), 0 of 0 controls clean',
	);
});
