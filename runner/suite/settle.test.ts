import test from 'ava';
import type { Attempt, Status } from '../model/run.ts';
import { nextAttempt, settle } from './settle.ts';

const attempt = (status: Status, reason?: string): Attempt => ({
	status,
	...(reason !== undefined && { reason }),
	durationMs: 1,
	assertions: [],
	evidence: [],
	splats: [],
	leftOvers: [],
	counters: {},
	measured: {},
	dir: '',
});
const once = { repeat: 1, reruns: 2 };

test('a failure is never silently passed: one failure in three is FAIL with its rate', (t) => {
	t.deepEqual(settle([attempt('FAIL', 'not ok: x'), attempt('PASS'), attempt('PASS')]), { status: 'FAIL', reason: 'not ok: x (1/3)' });
});

test('an error that passes on its retry is a PASS; two errors are an ERROR', (t) => {
	t.is(settle([attempt('ERROR', 'QEMU died'), attempt('PASS')]).status, 'PASS');
	t.deepEqual(settle([attempt('ERROR', 'a'), attempt('ERROR', 'b')]), { status: 'ERROR', reason: 'b' });
});

test('an error that came short of the repeats is an ERROR, whatever passed before it', (t) => {
	t.deepEqual(settle([attempt('PASS'), attempt('ERROR', 'a'), attempt('ERROR', 'QEMU died')]), { status: 'ERROR', reason: 'QEMU died' });
	t.is(settle([attempt('FAIL', 'x'), attempt('ERROR'), attempt('ERROR')]).status, 'FAIL');
});

test('an error does not vote against a failure', (t) => {
	t.is(settle([attempt('ERROR'), attempt('FAIL', 'x')]).reason, 'x');
});

test('an error is retried once', (t) => {
	t.is(nextAttempt([attempt('ERROR')], once), 'retry');
	t.is(nextAttempt([attempt('ERROR'), attempt('ERROR')], once), undefined);
	const often = { repeat: 20, reruns: 0 };
	t.is(nextAttempt([attempt('ERROR'), attempt('PASS'), attempt('ERROR')], often), 'retry', 'each of the repeats');
	t.is(nextAttempt([attempt('ERROR'), attempt('PASS'), attempt('ERROR'), attempt('ERROR')], often), undefined);
});

test('a failure is rerun for its rate, a pass is not', (t) => {
	t.is(nextAttempt([attempt('FAIL')], once), 'rerun');
	t.is(nextAttempt([attempt('FAIL'), attempt('PASS')], once), 'rerun');
	t.is(nextAttempt([attempt('FAIL'), attempt('PASS'), attempt('PASS')], once), undefined);
	t.is(nextAttempt([attempt('PASS')], once), undefined);
});

test('--repeat runs every case that often, but does not repeat a skip', (t) => {
	t.is(nextAttempt([attempt('PASS')], { repeat: 3, reruns: 0 }), 'repeat');
	t.is(nextAttempt([attempt('SKIP')], { repeat: 3, reruns: 0 }), undefined);
});
