import test from 'ava';
import type { Attempt, CaseResult, JobResult, KernelIdentity, Status } from '../model/run.ts';
import { settle } from '../suite/settle.ts';
import { UserError } from '../util/errors.ts';
import { pastOf, requireSameKernel } from './past.ts';
import type { Job } from './plan.ts';

const attempt = (status: Status) => ({ status }) as Attempt;
const result = (name: string, ...statuses: Status[]) => {
	const attempts = statuses.map(attempt);
	return { case: name, ...settle(attempts), attempts } as unknown as CaseResult;
};
const past = (cases: readonly CaseResult[], repeat = 1) =>
	pastOf({ jobs: [{ id: 'nfs.k', cases } as unknown as JobResult] }, [{ id: 'nfs.k', repeat } as Job], 2);
const done = ({ done: names }: ReturnType<typeof past>) => [...(names.get('nfs.k') ?? [])];

test('what passed, or failed as often as it was to be tried, is done', (t) => {
	const excluded = { ...result('d'), status: 'SKIP' } as const;
	t.deepEqual(done(past([result('a', 'PASS'), result('b', 'FAIL', 'PASS', 'PASS'), result('c', 'ERROR', 'PASS'), excluded])), [
		'a',
		'b',
		'c',
		'd',
	]);
});

test('a failure whose reruns were cut off keeps its attempts and gets the others', (t) => {
	const cut = past([result('a', 'FAIL')]);
	t.deepEqual(done(cut), []);
	t.deepEqual(cut.earlier('nfs.k', 'a'), [attempt('FAIL')]);
});

test('repeats that were cut off go on', (t) => {
	const cut = past([result('a', 'PASS', 'PASS')], 3);
	t.deepEqual(done(cut), []);
	t.is(cut.earlier('nfs.k', 'a').length, 2);
});

test('what broke on our side, or never ran, begins anew', (t) => {
	const cut = past([result('a', 'ERROR'), result('b')]);
	t.deepEqual(done(cut), []);
	t.deepEqual(cut.earlier('nfs.k', 'a'), []);
	t.deepEqual(cut.earlier('nfs.k', 'b'), []);
});

test('a kernel that moved since a case ran on it is refused, and one under which nothing counts is not', (t) => {
	const kernel = (vmlinux: string, origin: string): KernelIdentity => ({
		spec: 'linux#main',
		release: '6.12.0',
		origin,
		compiler: 'gcc',
		hashes: { vmlinux, config: 'c', modules: { cachefiles: vmlinux } },
	});
	const run = (cases: readonly CaseResult[]) => ({
		jobs: [{ id: 'nfs.k', cases, kernel: kernel('1', 'git a of linux') } as unknown as JobResult],
	});
	const resume = (cases: readonly CaseResult[], now: KernelIdentity, id = 'nfs.k') => requireSameKernel(run(cases), [{ id }], now);
	const passed = [result('a', 'PASS'), result('b')];
	t.notThrows(() => resume(passed, kernel('1', 'git b of linux')));
	t.notThrows(() => resume([result('a', 'ERROR'), result('b')], kernel('2', 'git b of linux')));
	t.notThrows(() => resume(passed, kernel('2', 'git b of linux'), 'nfs.other'));
	t.throws(() => resume(passed, kernel('2', 'git b of linux')), {
		instanceOf: UserError,
		message: /^linux#main was git a of linux, and is git b of linux since the run began/,
	});
	t.throws(() => resume(passed, kernel('2', 'git a of linux')), { message: /^the source of linux#main was changed since/ });
});
