import test from 'ava';
import type { Attempt, CaseResult, Run, Splat } from '../model/run.ts';
import { countsOf, plainReason, sightingsOf } from './sightings.ts';

const splat = (fingerprint: string, more: Partial<Splat> = {}): Splat => ({
	kind: 'KASAN',
	title: `KASAN: ${fingerprint}`,
	fingerprint,
	isFailure: true,
	stacks: [],
	text: '',
	...more,
});
const attempt = (more: Partial<Attempt>): Attempt => ({
	status: 'FAIL',
	durationMs: 1,
	assertions: [],
	evidence: [],
	splats: [],
	leftOvers: [],
	counters: {},
	measured: {},
	dir: '',
	...more,
});
const result = (name: string, one: Attempt, more: Partial<CaseResult> = {}): CaseResult => ({
	suite: 's',
	case: name,
	summary: '',
	status: one.status,
	durationMs: 1,
	attempts: [one],
	reproduce: '',
	...more,
});
const runOf = (...cases: CaseResult[]) => ({ jobs: [{ cases }] }) as unknown as Run;

test('a report is its fingerprint; further ones of the attempt come after it; a known issue and what was asked for are none', (t) => {
	const splats = [splat('f', { isFailure: false }), splat('k', { knownIssue: 'k' }), splat('a'), splat('b'), splat('a')];
	t.deepEqual(sightingsOf(runOf(result('x', attempt({ reason: 'KASAN: a', splats })))), [
		{ key: 'a', title: 'KASAN: a', case: 's/x', entry: { suite: 's', cases: ['x'] } },
		{ key: 'b', title: 'KASAN: b', case: 's/x', entry: { suite: 's', cases: ['x'] }, after: 'a' },
	]);
});

test('a failed check is its case and its text; only failures are seen', (t) => {
	const failed = attempt({ reason: 'not ok: warm read (and 2 more)' });
	t.is(sightingsOf(runOf(result('x', failed)))[0]?.key, 's/x: not ok: warm read');
	const others = (['PASS', 'XFAIL', 'INCONCLUSIVE', 'ERROR', 'SKIP', 'MISS'] as const).map((status) => result('y', attempt({ status })));
	t.deepEqual(sightingsOf(runOf(...others)), []);
});

test('in a chain it is the case that failed, and what ran up to it', (t) => {
	const links = [
		{ case: 'a', status: 'PASS', splats: [] },
		{ case: 'b', status: 'FAIL', reason: 'KASAN: z', splats: ['z'] },
	] as const;
	const chain = attempt({ reason: 'b: KASAN: z', splats: [splat('z')], links });
	const recipe = { cases: ['a', 'b', 'c'], under: 'memory-pressure,leaveMiB=256' };
	t.deepEqual(sightingsOf(runOf(result('a+b+c~memory-pressure', chain, { recipe }))), [
		{ key: 'z', title: 'KASAN: z', case: 's/b', entry: { suite: 's', ...recipe, cases: ['a', 'b'] } },
	]);
});

test('the panic that a hanging kernel is made to have is no finding: the hang is', (t) => {
	const hang = attempt({ reason: 'kernel hang: not done after 9 s; CPU 0 at f+0x1', splats: [splat('p')] });
	t.is(sightingsOf(runOf(result('x', hang)))[0]?.key, 's/x: kernel hang');
});

test('cases of a chain count each, what never ran does not', (t) => {
	const links = [
		{ case: 'a', status: 'PASS', splats: [] },
		{ case: 'b', status: 'FAIL', splats: [] },
	] as const;
	const never = result('n', attempt({}), { attempts: [], status: 'MISS' });
	t.deepEqual(countsOf(runOf(result('a+b+c', attempt({ links })), result('d', attempt({ status: 'PASS' })), never)), { PASS: 2, FAIL: 1 });
});

const reasons: readonly [string, string][] = [
	['left over: process sh (123)', 'left over: process sh (N)'],
	['left over: 2 in /proc/fs/fscache/cookies: 0000001f 2 1 0', 'left over: N in /proc/fs/fscache/cookies: N N N N'],
	['test hang: not done after 12 s; the test hangs', 'test hang'],
	['not ok: read 4096 bytes (2/3)', 'not ok: read 4096 bytes'],
	['the case exited with 3', 'the case exited with N'],
];
for (const [reason, plain] of reasons)
	test(`what differs from time to time is no part of a key: ${reason}`, (t) => {
		t.is(plainReason(reason), plain);
	});
