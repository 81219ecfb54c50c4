import test from 'ava';
import type { Splat, Status } from '../model/run.ts';
import { judgeStrained } from './strained-verdict.ts';
import { decide, type Observed } from './verdict.ts';

const fine: Observed = {
	ending: { how: 'exited', exitCode: 0 },
	assertions: [{ name: 'a', status: 'PASS' }],
	ktapProblems: [],
	evidence: [{ claim: 'x == 1', measured: '1', holds: true }],
	splats: [],
	leftOvers: [],
};
const splat: Splat = { kind: 'KASAN', title: 'KASAN: x', fingerprint: '0', isFailure: true, stacks: [], text: '' };
const failed: Partial<Observed> = { assertions: [{ name: 'a', status: 'FAIL' }], ending: { how: 'exited', exitCode: 1 } };
const judge = (seen: Partial<Observed>) => judgeStrained(decide({ ...fine, ...seen }), { ...fine, ...seen }, 'under memory-pressure');

const rows: readonly [string, Partial<Observed>, Status, RegExp?][] = [
	['all is well', {}, 'PASS'],
	['a check fails', failed, 'INCONCLUSIVE', /^not ok: a; under memory-pressure that does not count$/],
	['a signal ends it', { ending: { how: 'signalled', signal: 9 } }, 'INCONCLUSIVE', /signal 9; under/],
	['a read fails, and the kernel reports', { ...failed, splats: [splat] }, 'FAIL', /^KASAN: x$/],
	['a read fails, and a cookie stays', { ...failed, leftOvers: ['1 in /proc/fs/fscache/cookies: x'] }, 'FAIL', /^left over: 1 in/],
	[
		'a mount that it could not undo stays',
		{ ...failed, leftOvers: ['mount of nfs at /run/x (y)', '1 in volumes'] },
		'INCONCLUSIVE',
		/^not ok: a/,
	],
	['a process that it could not end stays', { leftOvers: ['process sh (12)'] }, 'INCONCLUSIVE', /^left over: process/],
	['it is not done in time', { ending: { how: 'test-hang', afterMs: 9, detail: '' } }, 'INCONCLUSIVE', /^test hang/],
	[
		'it is not done in time, and the kernel reports a hung task',
		{ ending: { how: 'test-hang', afterMs: 9, detail: '' }, splats: [splat] },
		'FAIL',
		/^KASAN: x; test hang/,
	],
	['the kernel hangs', { ending: { how: 'kernel-hang', afterMs: 9, detail: '' } }, 'FAIL', /^kernel hang/],
	['the guest ends', { ending: { how: 'guest-ended', detail: 'the kernel panicked' } }, 'FAIL', /panicked/],
	['our side fails', { ending: { how: 'lost', why: 'QEMU died' } }, 'ERROR', /QEMU died/],
	[
		'the fault does not fire',
		{ evidence: [{ claim: 'fault_background_fired >= 1', holds: false }] },
		'INCONCLUSIVE',
		/^evidence: fault_background/,
	],
	['it skips itself', { skipped: 'no such kernel' }, 'SKIP', /no such kernel/],
	['a known issue shows', { splats: [{ ...splat, knownIssue: 'k' }] }, 'XFAIL', /known issue k/],
];
for (const [what, seen, status, reason] of rows)
	test(`${what}: ${status}`, (t) => {
		const got = judge(seen);
		t.is(got.status, status, got.reason);
		if (reason) t.regex(got.reason ?? '', reason);
	});
