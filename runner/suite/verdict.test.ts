import test from 'ava';
import type { Splat } from '../model/run.ts';
import { decide, type Observed, unlessUnread } from './verdict.ts';

const fine: Observed = {
	ending: { how: 'exited', exitCode: 0 },
	assertions: [{ name: 'content is right', status: 'PASS' }],
	ktapProblems: [],
	evidence: [{ claim: 'reads > 0', measured: '3', holds: true }],
	splats: [],
	leftOvers: [],
};
const splat: Splat = {
	kind: 'KASAN',
	title: 'KASAN: use-after-free Read in f',
	fingerprint: '0123456789ab',
	isFailure: true,
	stacks: [],
	text: '',
};
const failing = { name: 'content is right', status: 'FAIL' } as const;

const rows: [string, Partial<Observed>, string, RegExp?][] = [
	['assertions hold, evidence is there', {}, 'PASS'],
	['an assertion fails', { assertions: [failing] }, 'FAIL', /not ok: content is right/],
	['a splat appears though every assertion holds', { splats: [splat] }, 'FAIL', /use-after-free/],
	['the only splat is a known issue', { splats: [{ ...splat, knownIssue: 'x' }] }, 'XFAIL', /known issue x/],
	['a known issue and a failing assertion', { splats: [{ ...splat, knownIssue: 'x' }], assertions: [failing] }, 'FAIL'],
	[
		'a known issue that is fatal, and what follows from it',
		{
			splats: [{ ...splat, knownIssue: 'x', isFatal: true }],
			assertions: [failing],
			leftOvers: ['mount of nfs'],
			evidence: [{ claim: 'a > 0', holds: false }],
		},
		'XFAIL',
		/known issue x/,
	],
	[
		'a known issue that is fatal, and a case that waits for what it has',
		{ splats: [{ ...splat, knownIssue: 'x', isFatal: true }], ending: { how: 'test-hang', afterMs: 1, detail: 'x' } },
		'XFAIL',
	],
	['a known issue that is fatal, and an unknown splat', { splats: [{ ...splat, knownIssue: 'x', isFatal: true }, splat] }, 'FAIL'],
	['a known issue and an unknown splat', { splats: [{ ...splat, knownIssue: 'x' }, splat] }, 'FAIL'],
	[
		'a known issue and missing evidence',
		{ splats: [{ ...splat, knownIssue: 'x' }], evidence: [{ claim: 'a > 0', holds: false }] },
		'INCONCLUSIVE',
	],
	['a fault-injection dump, asked for', { splats: [{ ...splat, kind: 'FAULT_INJECTION', isFailure: false }] }, 'PASS'],
	['evidence is missing', { evidence: [{ claim: 'a > 0', holds: false }] }, 'INCONCLUSIVE', /measured nothing/],
	['no evidence was asked for', { evidence: [] }, 'INCONCLUSIVE'],
	['no assertion was made', { assertions: [] }, 'INCONCLUSIVE'],
	['the case skipped itself', { skipped: 'no NFS 4.2', assertions: [] }, 'SKIP', /no NFS 4.2/],
	['a skip that also failed an assertion', { skipped: 'x', assertions: [failing] }, 'FAIL'],
	['the case exited non-zero after ok lines', { ending: { how: 'exited', exitCode: 3 } }, 'FAIL', /exited with 3/],
	['a signal ended the case', { ending: { how: 'signalled', signal: 11 } }, 'FAIL', /signal 11/],
	['KTAP without its plan', { ktapProblems: ['printed no plan'] }, 'FAIL', /no plan/],
	['something is left over', { leftOvers: ['mount of erofs'] }, 'FAIL', /left over: mount/],
	[
		'the case skipped itself, and something is left over',
		{ skipped: 'no NFS 4.2', assertions: [], leftOvers: ['1 in cookies'] },
		'FAIL',
		/1 in/,
	],
	[
		'nothing but TODO was said, and something is left over',
		{ assertions: [{ name: 'x', status: 'TODO' }], leftOvers: ['1 in cookies'] },
		'FAIL',
	],
	['the case hangs', { ending: { how: 'test-hang', afterMs: 5000, detail: 'it answers' } }, 'FAIL', /test hang/],
	[
		'the case hangs after a report',
		{ ending: { how: 'test-hang', afterMs: 5000, detail: 'it answers' }, splats: [splat] },
		'FAIL',
		/^KASAN: .*; test hang: /,
	],
	['the kernel hangs', { ending: { how: 'kernel-hang', afterMs: 5000, detail: 'silent' }, splats: [splat] }, 'FAIL', /kernel hang/],
	['the kernel panics', { ending: { how: 'guest-ended', detail: 'the kernel panicked: x' } }, 'FAIL', /panicked: x/],
	['the modules under test do not load', { ending: { how: 'not-started', why: 'insmod: invalid' } }, 'MISS', /invalid/],
	['the machine is lost', { ending: { how: 'lost', why: 'QEMU was killed' } }, 'ERROR', /QEMU was killed/],
	['the machine is lost after a splat', { ending: { how: 'lost', why: 'QEMU was killed' }, splats: [splat] }, 'FAIL'],
];
for (const [what, change, status, reason] of rows) {
	test(`${status} when ${what}`, (t) => {
		const verdict = decide({ ...fine, ...change });
		t.is(verdict.status, status as typeof verdict.status);
		if (reason) t.regex(verdict.reason ?? '', reason);
	});
}

test('nothing good is said of a case whose console was not read to its end', (t) => {
	const unread = 'waited 10.0 s for "end of a" on the console';
	for (const status of ['PASS', 'XFAIL', 'SKIP'] as const) {
		t.deepEqual(unlessUnread({ status }, unread), {
			status: 'INCONCLUSIVE',
			reason: `the console was not read to its end: ${unread}`,
		});
		t.deepEqual(unlessUnread({ status }, undefined), { status });
	}
	t.deepEqual(unlessUnread({ status: 'FAIL', reason: 'KASAN' }, unread), { status: 'FAIL', reason: 'KASAN' });
});
