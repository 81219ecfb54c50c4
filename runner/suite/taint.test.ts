import test from 'ava';
import type { Splat } from '../model/run.ts';
import { unexplainedTaint } from './taint.ts';

const [badPage, died, warned] = [32, 128, 512];
const splat: Splat = { kind: 'KASAN', title: 'KASAN: x', fingerprint: '0', isFailure: true, stacks: [], text: '' };
const accepted = { ...splat, knownIssue: 'x' };

test('a taint that no report explains is told', (t) => {
	t.is(unexplainedTaint(warned, []), warned);
	t.is(unexplainedTaint(warned, [{ ...splat, kind: 'FAULT_INJECTION', isFailure: false }]), warned);
	t.is(unexplainedTaint(0, []), 0);
});

test('an accepted report explains what its kind sets, and no more', (t) => {
	t.is(unexplainedTaint(badPage, [accepted]), 0);
	t.is(unexplainedTaint(badPage | warned | died, [accepted]), warned | died);
	t.is(unexplainedTaint(badPage | warned, [accepted, { ...accepted, kind: 'WARNING' }]), 0);
	t.is(unexplainedTaint(warned, [{ ...accepted, kind: 'LOCKDEP' }]), warned);
});

test('a report that nobody accepted fails the case by itself', (t) => {
	t.is(unexplainedTaint(badPage | warned | died, [accepted, splat]), 0);
});
