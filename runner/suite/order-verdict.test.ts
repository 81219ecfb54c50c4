import test from 'ava';
import type { Evidence, Splat } from '../model/run.ts';
import { judgeOrder } from './order-verdict.ts';

const seen = { ending: { how: 'exited', exitCode: 1 }, splats: [], leftOvers: [] } as const;
const kept: Evidence = { claim: 'daemon reaches f and is held', measured: 'held for 20 ms', holds: true };
const missed: Evidence = { claim: 'daemon reaches f and is held', measured: 'it never came to that', holds: false };
const failed = { status: 'FAIL', reason: 'not ok: the daemon is held' } as const;
const splat: Splat = { kind: 'KASAN', title: 'KASAN: x', fingerprint: '0', isFailure: true, stacks: [], text: '' };

test('an order that does not come about is skipped, whatever the case made of that', (t) => {
	for (const decided of [failed, { status: 'INCONCLUSIVE' } as const])
		t.deepEqual(judgeOrder(decided, seen, [kept, missed]), {
			status: 'SKIP',
			reason: 'this order does not come about: daemon reaches f and is held: it never came to that',
		});
});

test('an order that came about gets the verdict of its case', (t) => {
	t.is(judgeOrder(failed, seen, [kept]), failed);
	t.deepEqual(judgeOrder({ status: 'PASS' }, seen, [kept]), { status: 'PASS' });
});

test('what broke counts, though the order did not come about', (t) => {
	t.is(judgeOrder(failed, { ...seen, splats: [splat] }, [missed]), failed);
	t.is(judgeOrder(failed, { ...seen, leftOvers: ['a mount'] }, [missed]), failed);
	t.is(judgeOrder(failed, { ...seen, ending: { how: 'kernel-hang', afterMs: 1, detail: '' } }, [missed]), failed);
});
