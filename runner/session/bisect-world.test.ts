import test from 'ava';
import type { Attempt, Run, Status } from '../model/run.ts';
import { InfraError } from '../util/errors.ts';
import { judge } from './bisect-world.ts';

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
const runOf = (...attempts: Attempt[]) => ({ jobs: [{ cases: [{ attempts }] }] }) as unknown as Run;

test('passes and failures vote, errors of ours and missing evidence do not', (t) => {
	t.deepEqual(judge(runOf(attempt('PASS'), attempt('XFAIL'), attempt('FAIL', 'x')), undefined), { failed: 1, passed: 2 });
	t.deepEqual(judge(runOf(attempt('ERROR'), attempt('PASS')), undefined), { failed: 0, passed: 1 });
	t.throws(() => judge(runOf(attempt('ERROR', 'QEMU died'), attempt('ERROR')), undefined), {
		instanceOf: InfraError,
		message: 'QEMU died',
	});
	t.deepEqual(judge(runOf(), undefined), { why: 'the case never ran' });
});

test('a failure that looks otherwise than the one that is looked for does not vote', (t) => {
	t.deepEqual(judge(runOf(attempt('FAIL', 'not ok: warm'), attempt('PASS')), /KASAN/), { failed: 0, passed: 1 });
	t.deepEqual(judge(runOf(attempt('FAIL', 'not ok: warm')), /KASAN/), { why: 'fails otherwise: not ok: warm', silent: 1 });
	t.deepEqual(judge(runOf(attempt('FAIL', 'not ok: warm')), /warm/), { failed: 1, passed: 0 });
});

test('missing evidence may be there the next time; modules that do not load, and needs that are absent, will not', (t) => {
	const quiet = attempt('INCONCLUSIVE', 'no evidence');
	t.deepEqual(judge(runOf(quiet, quiet), undefined), { why: 'INCONCLUSIVE: no evidence', silent: 2 });
	t.deepEqual(judge(runOf(attempt('MISS', 'cannot load')), undefined), { why: 'MISS: cannot load' });
	t.deepEqual(judge(runOf(attempt('SKIP', 'no O_TMPFILE')), undefined), { why: 'SKIP: no O_TMPFILE' });
});

test('a kernel that does not build cannot be tested', (t) => {
	const run = { jobs: [{ problem: { message: 'fs/x.c:1: error', log: [] }, cases: [] }] } as unknown as Run;
	t.deepEqual(judge(run, undefined), { why: 'fs/x.c:1: error' });
});

test('what voted before a guest did not boot stands', (t) => {
	const problem = { message: 'silent for 60 s', log: [] };
	const cutOff = (...attempts: Attempt[]) => judge({ jobs: [{ problem, cases: [{ attempts }] }] } as unknown as Run, undefined);
	t.deepEqual(cutOff(attempt('PASS'), attempt('FAIL', 'KASAN')), { failed: 1, passed: 1 });
	t.deepEqual(cutOff(attempt('INCONCLUSIVE')), { why: 'silent for 60 s' });
	t.deepEqual(cutOff(attempt('ERROR', 'QEMU died')), { why: 'silent for 60 s' });
});
