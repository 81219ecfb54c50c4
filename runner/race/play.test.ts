import test from 'ava';
import { createPlay, type Play } from './play.ts';
import { scheduleSchema } from './schedule.ts';

const actors = { mounter: { cpu: 1 }, daemon: { cpu: 2 }, worker: { task: 'kworker/*' } };

function playOf(play: readonly object[], deadline = 5): Play {
	return createPlay(scheduleSchema.parse({ actors, deadline, play }));
}

/** Something comes to a point, if the play still waits for it. */
function come(play: Play, text: string, occurrence: { atMs: number; cpu?: number; task?: string }): void {
	for (const wanted of play.wanted().filter((one) => one.text === text)) if (play.visit(wanted)) play.happen(wanted, occurrence);
}

const twoHolds = [
	{ when: 'mounter reaches drop', hold: 'mounter', until: 'daemon reaches withdraw' },
	{ when: 'daemon reaches withdraw', hold: 'daemon', until: 'mounter leaves drop' },
];

for (const first of ['mounter', 'daemon'])
	test(`two holds meet, whoever comes first (${first})`, (t) => {
		const play = playOf(twoHolds);
		const arrive = {
			mounter: () => come(play, 'mounter reaches drop', { atMs: 10, cpu: 1 }),
			daemon: () => come(play, 'daemon reaches withdraw', { atMs: 20, cpu: 2 }),
		};
		arrive[first as 'mounter' | 'daemon']();
		t.deepEqual([...play.held()], [first === 'mounter' ? 1 : 2]);
		arrive[first === 'mounter' ? 'daemon' : 'mounter']();
		t.deepEqual([...play.held()], [2], 'the daemon waits for the mounter, which goes on');
		come(play, 'mounter leaves drop', { atMs: 300, cpu: 1 });
		t.deepEqual([...play.held()], []);
		t.true(play.isOver());
		t.deepEqual(
			play.steps().map(({ outcome }) => outcome),
			['kept', 'kept'],
		);
	});

test('a hold that nothing ends is given up at its deadline', (t) => {
	const play = playOf(twoHolds, 3);
	come(play, 'daemon reaches withdraw', { atMs: 100, cpu: 2 });
	t.is(play.nextMs(), 3100);
	t.deepEqual(play.tick(3099), []);
	t.deepEqual(play.tick(3100), [1]);
	t.deepEqual([...play.held()], [2], 'still held: somebody looks around first');
	play.giveUp(1, 3100);
	t.deepEqual([...play.held()], []);
	t.like(play.steps()[1], { outcome: 'given up', releasedBy: 'its deadline of 3 s', beganMs: 100, endedMs: 3100 });
	t.false(play.isOver(), 'the other step may still come');
});

test('a hold ends after a time', (t) => {
	const play = playOf([{ when: 'worker reaches a', hold: 'worker', until: ['mark go', 'after 500 ms'] }]);
	come(play, 'worker reaches a', { atMs: 50, cpu: 3, task: 'kworker/u8:1' });
	t.deepEqual([...play.held()], [3], 'the CPU it came on');
	t.is(play.nextMs(), 550);
	t.deepEqual(play.tick(550), []);
	t.like(play.steps()[0], { outcome: 'kept', releasedBy: 'after 500 ms', task: 'kworker/u8:1', cpu: 3 });
});

test('the nth visit counts, and none before `after`', (t) => {
	const play = playOf([{ when: 'daemon reaches a, 2nd time', hold: 'daemon', after: 'mark go' }]);
	for (let visit = 0; visit < 5; visit++) come(play, 'daemon reaches a, 2nd time', { atMs: 1, cpu: 2 });
	t.deepEqual(
		play.wanted().map(({ text }) => text),
		['mark go'],
	);
	come(play, 'mark go', { atMs: 5 });
	come(play, 'daemon reaches a, 2nd time', { atMs: 6, cpu: 2 });
	t.deepEqual([...play.held()], []);
	come(play, 'daemon reaches a, 2nd time', { atMs: 7, cpu: 2 });
	t.deepEqual([...play.held()], [2]);
});

test('a hold without `until` ends with `release`', (t) => {
	const play = playOf([
		{ when: 'daemon reaches a', hold: 'daemon' },
		{ when: 'mounter leaves b', release: 'daemon' },
	]);
	come(play, 'daemon reaches a', { atMs: 1, cpu: 2 });
	come(play, 'mounter leaves b', { atMs: 9, cpu: 1 });
	t.deepEqual([...play.held()], []);
	t.like(play.steps()[0], { outcome: 'kept', releasedBy: 'mounter leaves b', endedMs: 9 });
});

test('an actor with a CPU is held where another one comes, wherever it is itself', (t) => {
	const play = playOf([{ when: 'worker reaches a', hold: 'daemon' }]);
	come(play, 'worker reaches a', { atMs: 1, cpu: 3 });
	t.deepEqual([...play.held()], [2]);
});

test('a leap of jiffies is told with its step', (t) => {
	const play = playOf([{ when: 'mark go', leap: 11 }]);
	come(play, 'mark go', { atMs: 1 });
	t.like(play.steps()[0], { outcome: 'kept', leap: 11 });
});

test('what never came is told so, and the end of the case cuts holds short', (t) => {
	const play = playOf(twoHolds);
	come(play, 'mounter reaches drop', { atMs: 10, cpu: 1 });
	play.end(70);
	t.deepEqual(
		play.steps().map(({ outcome }) => outcome),
		['cut short', 'never came'],
	);
});
