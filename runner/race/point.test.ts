import test from 'ava';
import { holdsFor, isActor, parsePoint } from './point.ts';

test('a point at a function names actor, place, condition and time', (t) => {
	t.deepEqual(parsePoint('daemon reaches cachefiles_withdraw_volume'), {
		kind: 'reach',
		actor: 'daemon',
		place: { function: 'cachefiles_withdraw_volume', offset: 0 },
		nth: 1,
		where: [],
	});
	t.deepEqual(parsePoint('worker reaches netfs:fscache_unhash_cookie+0x1c where arg1 != 0 and arg2 == 0x10, 3rd time'), {
		kind: 'reach',
		actor: 'worker',
		place: { module: 'netfs', function: 'fscache_unhash_cookie', offset: 0x1c },
		nth: 3,
		where: [
			{ argument: 1, value: 0n, isEqual: false },
			{ argument: 2, value: 16n, isEqual: true },
		],
	});
	t.like(parsePoint('mounter leaves deactivate_locked_super, 2nd time'), { kind: 'leave', nth: 2 });
	t.like(parsePoint('writer reaches cachefiles_issue_write|cachefiles_prepare_write where arg1 != 0, 2nd time'), {
		place: { function: 'cachefiles_issue_write', otherwise: ['cachefiles_prepare_write'], offset: 0 },
		nth: 2,
		where: [{ argument: 1, value: 0n, isEqual: false }],
	});
	t.like(parsePoint('anyone passes cachefiles_ref'), { kind: 'reach', place: { function: '__traceiter_cachefiles_ref' } });
});

test('marks, console lines and times are points', (t) => {
	t.deepEqual(parsePoint('mark second mount'), { kind: 'mark', text: 'second mount' });
	t.deepEqual(parsePoint('console File cache on'), { kind: 'console', text: 'File cache on' });
	t.deepEqual(parsePoint('after 500 ms'), { kind: 'time', ms: 500 });
	t.deepEqual(parsePoint('after 1.5s'), { kind: 'time', ms: 1500 });
});

test('what is no point is told with what would be', (t) => {
	t.regex(String(parsePoint('daemon enters foo')), /^not a point: "daemon enters foo"; write `ACTOR reaches FUNCTION/);
	t.regex(String(parsePoint('daemon reaches foo where x == 1')), /^not a condition: "x == 1"/);
	t.regex(String(parsePoint('daemon leaves foo+0x10')), /a function is left as a whole/);
	t.regex(String(parsePoint('daemon reaches foo|bar+0x10')), /an offset is of one function/);
	t.regex(String(parsePoint('daemon reaches foo, 0th time')), /times count from the 1st/);
});

test('an actor is told by CPU, by task, by both, or is anyone', (t) => {
	const worker = { cpu: 3, task: 'kworker/u16:2' };
	t.true(isActor(undefined, worker));
	t.true(isActor({ cpu: 3 }, worker));
	t.true(isActor({ task: 'kworker/u*' }, worker));
	t.false(isActor({ cpu: 2, task: 'kworker/u*' }, worker));
	t.false(isActor({ task: 'kworker' }, worker));
	t.false(isActor({ task: 'kworker.u*' }, worker));
});

test('conditions are about the arguments at the entry', (t) => {
	const where = [{ argument: 2, value: 5n, isEqual: true }];
	t.true(holdsFor(where, [1n, 5n]));
	t.false(holdsFor(where, [5n, 1n]));
	t.true(holdsFor([], []));
});
