import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { daemonActions, daemonStates, formatOrder, parseOrder } from './daemon-orders.ts';

test('the daemon has the same states and actions, and takes each in the same states', async (t) => {
	const text = await readFile(join(checkout.suites, 'erofs-ondemand/programs/vocabulary.h'), 'utf8');
	// STATE(BEFORE_TAKE, "before-take")
	const states = [...text.matchAll(/^STATE\((\w+), "([\w-]+)"\)$/gm)];
	t.deepEqual(
		states.map(([, , name]) => name),
		[...daemonStates],
	);
	// ACTION(TWICE, "twice", IN(BEFORE_OPEN) | IN(BEFORE_READ))
	const actions = [...text.matchAll(/^ACTION\(\w+, "([\w-]+)", (.*)\)$/gm)].map(([, name, where = '']) => [
		name,
		states
			.filter(
				([, symbol = '']) => where === 'ANYWHERE' || (where === 'IN_HAND' && symbol !== 'BEFORE_TAKE') || where.includes(`IN(${symbol})`),
			)
			.map(([, , state]) => state),
	]);
	t.deepEqual(
		actions,
		Object.entries(daemonActions).map(([name, where]) => [name, [...where]]),
	);
});

test('an order is read and written back', (t) => {
	const text = 'before-read nth=3 times=2 key=tree.erofs kill';
	const order = parseOrder(text);
	t.deepEqual(order, { state: 'before-read', action: 'kill', nth: 3, times: 2, key: 'tree.erofs' });
	t.is(typeof order === 'string' ? order : formatOrder(order), text);
	t.deepEqual(parseOrder('before-take hold'), { state: 'before-take', action: 'hold' });
});

test('what is wrong with an order is said', (t) => {
	t.regex(String(parseOrder('sometimes kill')), /^"sometimes" is not a state of a request; those are before-take, /);
	t.regex(String(parseOrder('before-read vanish')), /^"vanish" is not an action; those are hold, /);
	t.is(parseOrder('before-open misplaced'), '"misplaced" means nothing at before-open, only at before-fill');
	t.is(parseOrder('before-read nth=0 kill'), '"nth=0" is not nth=N, times=N or key=IMAGE');
	t.is(parseOrder('before-read key=../x kill'), '"key=../x" is not nth=N, times=N or key=IMAGE');
});
