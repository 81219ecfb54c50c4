import test from 'ava';
import type { Run } from '../model/run.ts';
import type { SeriesStep } from '../model/series.ts';
import { baseOfNext } from './each.ts';

const run = (id: string) => ({ id }) as Run;
const told = (votes: number) => ({ votes }) as SeriesStep;
const unbuilt = { votes: 0, problem: { message: 'no', log: [] } } as unknown as SeriesStep;

test('a step is compared with the last one in which a case passed or failed, and with the first that was built before there is one', (t) => {
	const [base, first] = [run('0'), run('1')];
	t.is(baseOfNext(undefined, base, told(0)), base);
	t.is(baseOfNext(base, first, told(0)), base);
	t.is(baseOfNext(base, first, told(2)), first);
	t.is(baseOfNext(base, first, unbuilt), base);
	t.is(baseOfNext(undefined, base, unbuilt), undefined);
});
