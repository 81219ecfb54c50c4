import test from 'ava';
import { bytesKept, type Finding, type Round } from '../model/soak.ts';
import { roundsToRemove } from './soak-keep.ts';

const round = (number: number, bytes: number, isRemoved = false) => ({ number, bytes, ...(isRemoved && { isRemoved }) }) as Round;
const findings = [{ first: { round: 2 }, evidence: { run: 'r', bytes: 5 } } as Finding];

test('the oldest go first, as many as it takes, and none within the bound', (t) => {
	const rounds = [round(1, 10), round(3, 10), round(4, 10)];
	t.deepEqual(roundsToRemove({ rounds, findings: [], keepBytes: 30 }), []);
	t.deepEqual(roundsToRemove({ rounds, findings: [], keepBytes: 29 }), [1]);
	t.deepEqual(roundsToRemove({ rounds, findings: [], keepBytes: 15 }), [1, 3]);
});

test('evidence stays, whatever the bound; what is gone counts for nothing', (t) => {
	const rounds = [round(1, 10, true), round(2, 50), round(3, 10), round(4, 10)];
	t.is(bytesKept({ rounds, findings }), 75);
	t.deepEqual(roundsToRemove({ rounds, findings, keepBytes: 0 }), [3, 4]);
	t.deepEqual(roundsToRemove({ rounds, findings, keepBytes: 70 }), [3]);
});
