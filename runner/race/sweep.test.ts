import test from 'ava';
import { scheduleSchema } from './schedule.ts';
import { movableHolds, ordersOf, parseSweep, stepOf } from './sweep.ts';

const schedule = scheduleSchema.parse({
	actors: { mounter: { cpu: 1 }, daemon: { cpu: 2 } },
	play: [
		{ when: 'mounter reaches relinquish', hold: 'mounter', until: 'daemon reaches withdraw' },
		{ when: 'daemon reaches withdraw', hold: 'daemon', until: ['mounter leaves relinquish', 'after 500 ms'] },
		{ when: 'mark over' },
	],
});
const moved = (value: string) => {
	const parsed = parseSweep(value);
	if (typeof parsed === 'string') throw new Error(parsed);
	return parsed;
};
const only = (value: string) => stepOf(schedule, moved(value)[0] as ReturnType<typeof moved>[number]);

test('a sweep names one function or two, whose hold, and one place of it', (t) => {
	t.like(moved('cachefiles_withdraw_cache'), [{ place: { function: 'cachefiles_withdraw_cache', offset: 0 } }]);
	t.like(moved('daemon@cachefiles:withdraw+0x1c, relinquish'), [
		{ actor: 'daemon', place: { module: 'cachefiles', function: 'withdraw', offset: 28 } },
		{ place: { function: 'relinquish' } },
	]);
	t.regex(String(parseSweep('a,b,c')), /one function or the pairs of two/);
	for (const bad of ['', 'a b', 'a where arg1 == 2', 'a, ', 'a|b']) t.regex(String(parseSweep(bad)), /is not \[ACTOR@\]/, bad);
});

test('the hold that is moved is the one at the function, or the actor’s', (t) => {
	t.is(only('withdraw'), 1);
	t.is(only('mounter@anything'), 0);
	t.regex(
		String(only('elsewhere')),
		/^no hold of this race fits elsewhere; .*mounter at relinquish, daemon at withdraw; write ACTOR@FUNCTION/,
	);
});

test('the holds that can be moved are named as a sweep names them; one that only some kernels have is not', (t) => {
	t.deepEqual(movableHolds(schedule), ['mounter@relinquish', 'daemon@withdraw']);
	const other = scheduleSchema.parse({
		actors: { a: { cpu: 1 } },
		play: [
			{ when: 'a reaches m:f', hold: 'a', until: 'after 5 ms' },
			{ when: 'a reaches g|h', hold: 'a', until: 'after 5 ms' },
		],
	});
	// Two holds of one actor: whose is meant cannot be said by the actor's name.
	t.deepEqual(movableHolds(other), []);
});

test('one hold is moved over every call, and what waited for it waits for it there', (t) => {
	const calls = [
		{ place: 'cachefiles:withdraw+0x10', callee: 'f' },
		{ place: 'cachefiles:withdraw+0x20', callee: 'g' },
	];
	const orders = ordersOf(schedule, [{ step: 1, calls }]);
	t.deepEqual(
		orders.map(({ sweep, summary }) => [sweep, summary]),
		[
			['daemon@cachefiles:withdraw+0x10', 'daemon before it calls f'],
			['daemon@cachefiles:withdraw+0x20', 'daemon before it calls g'],
		],
	);
	const [first] = orders;
	t.like(first?.schedule.play[0]?.until, { text: 'daemon reaches cachefiles:withdraw+0x10' });
	t.like(first?.schedule.play[1], { when: { text: 'daemon reaches cachefiles:withdraw+0x10' }, deadline: 4 });
	t.is(schedule.play[1]?.when.text, 'daemon reaches withdraw', 'the schedule itself is as it was');
	t.like(moved(first?.sweep ?? '')[0], { actor: 'daemon', place: { function: 'withdraw', offset: 16 } }, 'an order can be named');
});

test('two holds are moved over every pair', (t) => {
	const calls = (name: string) => [1, 2, 3].map((at) => ({ place: `m:${name}+0x${at}`, callee: 'x' }));
	const orders = ordersOf(schedule, [
		{ step: 0, calls: calls('relinquish') },
		{ step: 1, calls: calls('withdraw') },
	]);
	t.is(orders.length, 9);
	t.is(new Set(orders.map(({ sweep }) => sweep)).size, 9);
	t.like(orders[5]?.schedule.play[0], {
		when: { text: 'mounter reaches m:relinquish+0x2' },
		until: { text: 'daemon reaches m:withdraw+0x3' },
	});
});
