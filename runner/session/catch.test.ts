import test from 'ava';
import type { Outcome } from '../model/gate.ts';
import type { Attempt, CaseResult, Run, Splat, Status } from '../model/run.ts';
import { acquit, bugVerdict, catchOf, controlVerdict, judgeFor, resultsByName, signsOf } from './catch.ts';

const splat = (title: string, knownIssue?: string) => ({ title, isFailure: true, ...(knownIssue && { knownIssue }) }) as Splat;
const attempt = (status: Status, said: Partial<Attempt> = {}): Attempt => ({
	status,
	durationMs: 10,
	assertions: [],
	evidence: [],
	splats: [],
	leftOvers: [],
	counters: {},
	measured: {},
	dir: '',
	...said,
});
const result = (...attempts: Attempt[]): CaseResult => ({
	suite: 'nfs',
	case: 'warm',
	summary: '',
	status: attempts.at(-1)?.status ?? 'MISS',
	durationMs: 20,
	attempts,
	reproduce: '',
});
const uaf = 'KASAN: slab-use-after-free Read in fscache_withdraw_volume';

test('a failed case is read for splats, assertions, left-overs and its reason; one that passed says nothing', (t) => {
	const failed = attempt('FAIL', {
		splats: [splat(uaf), splat('KASAN: accepted', 'some-issue')],
		assertions: [
			{ name: 'content is right', status: 'FAIL' },
			{ name: 'cache is used', status: 'PASS' },
		],
		leftOvers: ['mount of nfs'],
		reason: 'the kernel hangs',
	});
	t.deepEqual(signsOf(result(failed)), [`splat: ${uaf}`, 'not ok: content is right', 'left over: mount of nfs', 'the kernel hangs']);
	t.deepEqual(signsOf(result(attempt('PASS', { splats: [splat(uaf)] }))), []);
	t.deepEqual(signsOf(result(attempt('INCONCLUSIVE', { reason: 'no evidence' }))), []);
});

test('a sign that fits catches the bug, with its rate; an ERROR has no vote', (t) => {
	const run = result(attempt('ERROR'), attempt('FAIL', { splats: [splat(uaf)] }), attempt('PASS'));
	t.like(catchOf(run, ['use-after-free .* in fscache_withdraw']), { case: 'nfs/warm', sign: `splat: ${uaf}`, rate: '1/2' });
});

test('another failure than the wanted one is no catch', (t) => {
	const run = result(attempt('FAIL', { assertions: [{ name: 'content is right', status: 'FAIL' }] }));
	t.is(catchOf(run, ['use-after-free']), undefined);
	t.is(catchOf(run, [])?.sign, 'not ok: content is right');
});

test('a sign counts in the cases that the catalogue names, or in all where it names none', (t) => {
	const run = result(attempt('FAIL', { splats: [splat(uaf)] }));
	const bug = { cases: ['nfs/warm'], signs: ['use-after-free'] };
	t.is(judgeFor(bug)(run)?.case, 'nfs/warm');
	t.is(judgeFor({ ...bug, cases: ['nfs/cold'] })(run), undefined);
	t.is(judgeFor({ ...bug, cases: [] })(run)?.case, 'nfs/warm');
	t.deepEqual(bugVerdict([run, { ...result(attempt('PASS')), case: 'cold' }], { ...bug, cases: ['nfs/cold'] }), {
		outcome: 'missed',
		why: `failed otherwise: nfs/warm  splat: ${uaf}`,
	});
});

test('a bug is missed by cases that ran: after an error of ours, or where none passed or failed, it is broken', (t) => {
	const bug = { cases: [], signs: [] };
	const passed = { ...result(attempt('PASS')), case: 'cold' };
	const lost = { ...result(attempt('ERROR'), attempt('ERROR')), reason: 'QEMU died' };
	t.deepEqual(bugVerdict([passed], bug), { outcome: 'missed' });
	t.deepEqual(bugVerdict([passed, lost], bug), { outcome: 'broken', why: 'nfs/warm is ERROR: QEMU died' });
	for (const status of ['SKIP', 'MISS', 'INCONCLUSIVE'] as const) {
		t.deepEqual(bugVerdict([result(attempt(status))], bug), { outcome: 'broken', why: `nfs/warm is ${status}` });
		t.is(bugVerdict([result(attempt(status)), passed], bug).outcome, 'missed', status);
		t.is(
			bugVerdict([result(attempt(status)), passed], { ...bug, cases: ['nfs/warm'] }).outcome,
			'broken',
			`the case that tells is ${status}`,
		);
	}
	t.is(bugVerdict([lost, passed], { ...bug, cases: ['nfs/cold'] }).outcome, 'missed', 'another case than that which tells');
	t.is(bugVerdict([lost, result(attempt('FAIL', { reason: 'hangs' }))], bug).outcome, 'caught');
	t.deepEqual(bugVerdict([passed], { ...bug, cases: ['nfs/warm'] }), { outcome: 'broken', why: 'nfs/warm did not run' });
});

test('what the plain kernel shows in that case accuses nobody', (t) => {
	const failed = result(attempt('FAIL', { splats: [splat(uaf)] }));
	const plain = resultsByName({ jobs: [{ cases: [failed] }] } as unknown as Run);
	const outcome = { kernelSpec: 'debian:6.12', patch: 'm', outcome: 'caught', catch: catchOf(failed, []) } as Outcome;
	const other = { ...outcome, catch: { ...outcome.catch, sign: 'not ok: another' } } as Outcome;
	const control = { ...outcome, patch: 'd', outcome: 'noisy' } as Outcome;
	const elsewhere = { ...outcome, kernelSpec: 'debian:6.1' } as Outcome;
	t.deepEqual(
		acquit([outcome, other, control, elsewhere], 'debian:6.12', plain).map((one) => one.outcome),
		['missed', 'caught', 'clean', 'caught'],
	);
});

test('a catch rests on a plain kernel that ran the case: where that came to nothing the catch is broken', (t) => {
	const failed = result(attempt('FAIL', { splats: [splat(uaf)] }));
	const caught = { kernelSpec: 'debian:6.12', patch: 'm', outcome: 'caught', catch: catchOf(failed, []) } as Outcome;
	const onPlain = (...cases: CaseResult[]) => acquit([caught], 'debian:6.12', resultsByName({ jobs: [{ cases }] } as unknown as Run))[0];
	for (const status of ['PASS', 'XFAIL', 'FAIL'] as const) t.is(onPlain(result(attempt(status)))?.outcome, 'caught', status);
	for (const status of ['ERROR', 'SKIP', 'INCONCLUSIVE', 'MISS'] as const)
		t.is(onPlain(result(attempt(status)))?.outcome, 'broken', status);
	t.like(onPlain({ ...result(), reason: 'the kernel did not boot' }), {
		outcome: 'broken',
		why: 'the plain kernel proves nothing: nfs/warm is MISS: the kernel did not boot',
		catch: undefined,
	});
	t.is(onPlain()?.outcome, 'broken');
});

test('a control is clean when every case passed, noisy by any failure, and broken when a case came to nothing', (t) => {
	const passed = result(attempt('PASS'));
	t.deepEqual(controlVerdict([passed, result(attempt('XFAIL'))]), { outcome: 'clean' });
	t.like(controlVerdict([result(attempt('MISS')), result(attempt('FAIL', { splats: [splat(uaf)] }))]), {
		outcome: 'noisy',
		catch: { sign: `splat: ${uaf}` },
	});
	t.deepEqual(controlVerdict([passed, { ...result(attempt('SKIP')), reason: 'no erofs' }]), {
		outcome: 'broken',
		why: 'nfs/warm is SKIP: no erofs',
	});
	for (const status of ['ERROR', 'INCONCLUSIVE', 'MISS'] as const)
		t.is(controlVerdict([result(attempt(status))]).outcome, 'broken', status);
});
