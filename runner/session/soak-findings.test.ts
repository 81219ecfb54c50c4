import test from 'ava';
import type { Sighting } from './sightings.ts';
import { nextToReduce, type Occasion, withSightings } from './soak-findings.ts';

const sighting = (key: string, more: Partial<Sighting> = {}): Sighting => ({
	key,
	title: `KASAN: ${key}`,
	case: 's/x',
	entry: { suite: 's', cases: ['x'] },
	...more,
});
const occasion = (number: number): Occasion => ({
	number,
	run: `r${number}`,
	seed: number,
	kernelSpec: 'debian:6.12',
	atMs: number * 1000,
});

test('what is new is kept with its round, seed and list; what is known counts again', (t) => {
	const once = withSightings([], [sighting('a'), sighting('a')], occasion(1));
	t.is(once.length, 1);
	t.like(once[0], { times: 2, first: { round: 1, run: 'r1', seed: 1, case: 's/x' }, lastRound: 1 });
	const twice = withSightings(once, [sighting('a', { entry: { suite: 's', cases: ['y'] } })], occasion(2));
	t.like(twice[0], { times: 3, first: { round: 1 }, lastRound: 2, entry: { suite: 's', cases: ['x'] } });
});

test('a report that came after another is reduced only once it was seen without it', (t) => {
	const [first, second] = withSightings([], [sighting('a'), sighting('b', { after: 'a' })], occasion(1));
	t.is(nextToReduce({ findings: [first, second].flatMap((one) => one ?? []) })?.key, 'a');
	const reduced = { ...(first ?? t.fail()), reduced: { entry: { suite: 's', cases: ['x'] }, shown: 5, tried: 5 } } as NonNullable<
		typeof first
	>;
	const both = [reduced, second].flatMap((one) => one ?? []);
	t.is(nextToReduce({ findings: both }), undefined);
	const later = withSightings(both, [sighting('b', { entry: { suite: 's', cases: ['y'] } })], occasion(3));
	t.like(nextToReduce({ findings: later }), { key: 'b', times: 2, first: { round: 3 }, entry: { suite: 's', cases: ['y'] } });
});
