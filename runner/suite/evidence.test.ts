import test from 'ava';
import { checkClaim, parseClaim } from './evidence.ts';

test('a claim that is not `name op value` is refused with a reason', (t) => {
	t.is(typeof parseClaim('served from cache'), 'string');
	t.is(typeof parseClaim('reads => 3'), 'string');
	t.is(typeof parseClaim('Reads > 3'), 'string');
});

for (const [claim, measured, holds] of [
	['reads == 0', { reads: '0' }, true],
	['reads == 0', { reads: '1' }, false],
	['reads > 0', { reads: '12' }, true],
	['reads >= bytes', { reads: '9', bytes: '10' }, false],
	['reads >= bytes', { reads: '10', bytes: '10' }, true],
	['version == 4.2', { version: '4.2' }, true],
	['mode != ondemand', { mode: 'normal' }, true],
	['reads < 10', { reads: '9' }, true],
	['reads <= 10', { reads: '11' }, false],
] as const) {
	test(`${claim} ${holds ? 'holds' : 'does not hold'} for ${JSON.stringify(measured)}`, (t) => {
		t.is(checkClaim(claim, measured).holds, holds);
	});
}

test('what was never measured does not hold and shows no value', (t) => {
	t.deepEqual(checkClaim('reads == 0', {}), { claim: 'reads == 0', holds: false });
});

test('words cannot be ordered, so an ordering over them does not hold', (t) => {
	t.false(checkClaim('reads >= 0', { reads: 'many' }).holds);
	t.false(checkClaim('reads >= 0', { reads: '' }).holds);
});

test('a comparison with another measurement shows both values', (t) => {
	t.is(checkClaim('cold >= size', { cold: '5', size: '7' }).measured, '5 (size: 7)');
});
