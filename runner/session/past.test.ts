import test from 'ava';
import type { Attempt, CaseResult, JobResult, Status } from '../model/run.ts';
import { settle } from '../suite/settle.ts';
import { pastOf } from './past.ts';
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
