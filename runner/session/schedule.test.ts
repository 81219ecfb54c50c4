import test from 'ava';
import type { Case } from '../suite/load.ts';
import type { Job } from './plan.ts';
import { guestsAtOnce, inOrder, scheduleTasks, type Task } from './schedule.ts';

const gibibyte = 2 ** 30;
const task = (name: string, alone = false): Task => ({ job: {} as Job, entry: { name, alone } as Case });
const names = (tasks: readonly Task[]) => tasks.map(({ entry }) => entry.name).join(' ');

test('as many guests as CPUs, fewer where memory is short, never none; what the user says counts', (t) => {
	t.is(guestsAtOnce('auto', { cpus: 8, availableBytes: 64 * gibibyte }, 1536), 8);
	t.is(guestsAtOnce('auto', { cpus: 8, availableBytes: 6 * gibibyte }, 1792), 3);
	t.is(guestsAtOnce('auto', { cpus: 8, availableBytes: gibibyte }, 1536), 1);
	t.is(guestsAtOnce(5, { cpus: 2, availableBytes: gibibyte }, 1536), 5);
});

test('with several lanes the longest go first, unknown ones before all, equal ones in plan order', (t) => {
	const known = new Map([
		['short', 1],
		['long', 9],
		['alike', 1],
	]);
	const tasks = ['short', 'new', 'alike', 'long', 'newer'].map((name) => task(name));
	const { together, alone } = scheduleTasks(tasks, 2, ({ entry }) => known.get(entry.name));
	t.is(names(together), 'new newer long short alike');
	t.deepEqual(alone, []);
});

test('with one lane the plan stays as it is', (t) => {
	const { together } = scheduleTasks([task('short'), task('long')], 1, ({ entry }) => (entry.name === 'long' ? 9 : 1));
	t.is(names(together), 'short long');
});

test('cases that must be alone are kept apart', (t) => {
	const { together, alone } = scheduleTasks([task('a'), task('lonely', true), task('b')], 2, () => undefined);
	t.is(names(together), 'a b');
	t.is(names(alone), 'lonely');
});

test('an order that is given is kept, over all jobs; what it does not name goes last', (t) => {
	const of = (suite: string, name: string): Task => ({ job: { suite: { name: suite } } as Job, entry: { name, alone: false } as Case });
	const tasks = [of('s', 'a'), of('s', 'b'), of('u', 'a'), of('u', 'c')];
	t.is(names(inOrder(tasks, ['u/a', 's/b', 's/a'])), 'a b a c');
});
