import test from 'ava';
import type { Machine } from '../vm/machine.ts';
import type { CaseRun } from './case-run.ts';
import { inSameGuest } from './run-chain.ts';

test('a case of a guest that crashed has the machine that came after', (t) => {
	const [first, second] = [{}, {}] as [Machine, Machine];
	let now = first;
	const run = {
		guestMs: 5,
		get machine() {
			return now;
		},
	} as CaseRun;
	const link = inSameGuest(inSameGuest(run, { guestMs: 0 }), { timeoutScale: 2 });
	t.is(link.machine, first);
	now = second;
	t.is(link.machine, second);
	t.like(link, { guestMs: 0, timeoutScale: 2 });
});
