import test from 'ava';
import { planOrder } from './plan-order.ts';

const cases = (...names: string[]) => names.map((name) => ({ name, summary: '' }));
const job = (id: string, ...names: string[]) => ({ id, suite: id, kernelSpec: 'k', config: 'kasan', cases: cases(...names) });

test('a line waits for the lines of the cases planned before it', (t) => {
	const order = planOrder([job('a', '1', '2'), job('b', '1')]);
	t.deepEqual(order.ended('b', '1', 'b1'), []);
	t.deepEqual(order.ended('a', '2', 'a2'), []);
	t.deepEqual(order.ended('a', '1', 'a1'), ['a1', 'a2', 'b1']);
	t.deepEqual(order.rest(), []);
});

test('nobody waits for cases of a job that is over', (t) => {
	const order = planOrder([job('a', '1', '2'), job('b', '1')]);
	t.deepEqual(order.ended('a', '2', 'a2'), []);
	t.deepEqual(order.ended('b', '1', 'b1'), []);
	t.deepEqual(order.jobOver('a'), ['a2', 'b1']);
});

test('what is held back at the end is told then, in order', (t) => {
	const order = planOrder([job('a', '1', '2', '3')]);
	order.ended('a', '3', 'a3');
	order.ended('a', '2', 'a2');
	t.deepEqual(order.rest(), ['a2', 'a3']);
	t.deepEqual(order.rest(), []);
});

test('a case that ends again, or was not planned, is told at once', (t) => {
	const order = planOrder([job('a', '1', '2')]);
	t.deepEqual(order.ended('a', '1', 'first'), ['first']);
	t.deepEqual(order.ended('a', '1', 'second'), ['second']);
	t.deepEqual(order.ended('x', '1', 'unplanned'), ['unplanned']);
});
