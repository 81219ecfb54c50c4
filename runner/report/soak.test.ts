import test from 'ava';
import type { Finding, Soak } from '../model/soak.ts';
import { createPaint } from './paint.ts';
import { soakDigest } from './soak.ts';

const first = { round: 3, run: 'r3', seed: 42, atMs: 720_000, case: 's/b' };
const finding: Finding = {
	key: '3fa9c1d2e4b5',
	title: 'KASAN: slab-use-after-free Read in f\u001b[2J',
	kernelSpec: 'debian:6.1',
	first,
	times: 4,
	lastRound: 9,
	entry: { suite: 's', cases: ['a', 'x', 'b'], under: 'memory-pressure,leaveMiB=256' },
	tries: [],
	reduced: { entry: { suite: 's', cases: ['a', 'b'] }, shown: 3, tried: 5 },
	evidence: { run: 'r7', bytes: 1024 },
};
const round = { kind: 'chains', kernelSpec: 'debian:6.1', seed: 1, durationMs: 1, counts: { PASS: 4, FAIL: 1 }, bytes: 2 ** 20 } as const;
const state: Soak = {
	schema: 1,
	id: 'x',
	started: '',
	command: [],
	kernels: ['debian:6.12', 'debian:6.1'],
	config: 'kasan',
	patches: [],
	cases: ['s/a'],
	seed: 7,
	forMs: 8 * 3_600_000,
	keepBytes: 2 ** 31,
	ranMs: 3_600_000,
	rounds: [
		{ ...round, number: 1, run: 'r1', isRemoved: true },
		{ ...round, number: 2, run: 'r2', kind: 'sweep', counts: { SKIP: 2 } },
	],
	findings: [finding],
	step: { type: 'round', number: 3, run: 'r3' },
};
const digest = (changed: Partial<Soak> = {}, now?: Parameters<typeof soakDigest>[1]['now']) =>
	soakDigest({ ...state, ...changed }, { paint: createPaint(false), dir: 'results/soak-x', now }).join('\n');

test('a digest says what ran, what is left, what failed, how often, reduced to what, and how to see it again', (t) => {
	t.is(
		digest({}, { elapsedMs: 60_000, counts: { PASS: 1 } }),
		`soak x  1 h 01 min of 8 h 00 min, 6 h 59 min left; seed 7
kernels   debian:6.12, debian:6.1 kasan
rounds    2: 1 of chains, 1 of a sweep; now round 3
cases     5 PASS, 1 FAIL, 2 SKIP
disk      1.0 MiB of 2.0 GiB; 1 round removed
state     results/soak-x

1 failure that nobody knew

KASAN: slab-use-after-free Read in f  3fa9c1d2e4b5
    4x, first in round 3 after 12 min, by s/b, seed 42
    reduced to s/a, then b (was 3 cases): 3/5
    ./crucible run s/a s/b --chain --kernel debian:6.1 --config kasan --seed 42 --repeat 5
    files: results/soak-x/r7`,
	);
});

test('what is not reduced yet, came after another, or did not come again, says so', (t) => {
	const { reduced, evidence, ...open } = finding;
	t.regex(digest({ findings: [open] }), /not reduced yet, 0 lists tried: s\/a, then x, then b under memory-pressure,leaveMiB=256$/m);
	t.regex(
		digest({ findings: [{ ...open, untold: 3, unreduced: 'its tries broke' }] }),
		/not reduced, its tries broke: s\/a, then x, then b under memory-pressure,leaveMiB=256$/m,
	);
	t.regex(digest({ findings: [{ ...open, after: 'abc' }] }), /after abc in the same guest: not reduced on its own/);
	const gone = { entry: open.entry, shown: 0, tried: 10 };
	t.regex(digest({ findings: [{ ...open, reduced: gone }] }), /did not come again in 10 tries of s\/a, then x, then b under memory/);
	t.regex(digest({ findings: [{ ...open, reduced: gone }] }), /run s\/a s\/x s\/b --chain --under memory-pressure,leaveMiB=256 --kernel/);
});

test('a soak that found nothing says so; one with a series names it in its commands', (t) => {
	t.regex(digest({ findings: [], ended: 'now' }), /, ended; seed 7[\s\S]*nothing new failed$/);
	t.regex(digest({ patches: ['a', 'b'] }), / with a series of 2$[\s\S]*--patch results\/soak-x\/series --kernel/m);
});
