/** What each round of a soak runs: drawn from the soak's seed and the round's number, so that it can be drawn again. Pure. */

import type { RoundPlan, SoakEntry } from '../model/soak.ts';
import { between, pick, type Random, randomFrom, shuffled } from '../util/random.ts';

/** What the plan must know of a case. */
export interface SoakCase {
	readonly suite: string;
	readonly case: string;
	/** Cases of a suite share a guest when this is equal: its clock, and whether it must be alone. */
	readonly guest: string;
	/** Holds of its race that a sweep can move, as `--sweep` names them. */
	readonly holds: readonly string[];
	/** What its suite has for faults to be about. */
	readonly disks: readonly string[];
	readonly modules: readonly string[];
	/** It makes faults itself: settings of the kernel that a second fault of the kind would share. */
	readonly isFaulty: boolean;
}

export interface SoakDeck {
	readonly seed: number;
	readonly kernels: readonly string[];
	readonly cases: readonly SoakCase[];
}

/** Enough to fill the host's lanes, few enough that what a round found is soon reduced. */
const roundCases = 24;
const longestChain = 6;
/** One round in so many is under faults. */
const faultsEvery = 3;
/** So many rounds of cases come before each sweep. */
const roundsPerSweep = 3;

/** The round with this number, from 1. Each pass deals every case once; after some rounds of it comes a sweep, where a case has a race. */
export function planRound(deck: SoakDeck, number: number): RoundPlan {
	if (deck.cases.length === 0) throw new Error('a soak has cases');
	let before = 0;
	for (let pass = 0; ; pass++) {
		const rounds = dealPass(deck, pass);
		const round = rounds[number - 1 - before];
		if (round) return { ...round, number, kernelSpec: deck.kernels[(number - 1) % deck.kernels.length] ?? '' };
		before += rounds.length;
	}
}

type Dealt = Omit<RoundPlan, 'number' | 'kernelSpec'>;

function dealPass({ seed, cases }: SoakDeck, pass: number): Dealt[] {
	const random = randomFrom(seed + Math.imul(pass, 0x9e3779b1));
	const racing = cases.filter(({ holds }) => holds.length > 0);
	const rounds: Dealt[] = [];
	const slices = slice(shuffled(random, dealChains(random, cases)));
	for (const [at, chains] of slices.entries()) {
		const kind = between(random, 1, faultsEvery) === 1 ? 'faults' : 'chains';
		const entries = chains.map((chain) => entryOf(chain, kind === 'faults' ? faultFor(random, chain) : undefined));
		rounds.push({ kind, seed: seedFrom(random), entries });
		const isSweepDue = (at + 1) % roundsPerSweep === 0 || (pass % roundsPerSweep === 0 && at + 1 === slices.length);
		const raced = isSweepDue ? pick(random, racing) : undefined;
		const sweep = raced && pick(random, raced.holds);
		if (raced && sweep !== undefined)
			rounds.push({ kind: 'sweep', seed: seedFrom(random), entries: [{ suite: raced.suite, cases: [raced.case] }], sweep });
	}
	return rounds;
}

function seedFrom(random: Random): number {
	return between(random, 0, 2 ** 31 - 1);
}

/** Every case once, in chains of random length. */
function dealChains(random: Random, cases: readonly SoakCase[]): SoakCase[][] {
	const guests = new Set(cases.map(guestOf));
	return [...guests].flatMap((guest) => {
		const left = shuffled(
			random,
			cases.filter((one) => guestOf(one) === guest),
		);
		const chains: SoakCase[][] = [];
		while (left.length > 0) chains.push(left.splice(0, between(random, 1, longestChain)));
		return chains;
	});
}

function guestOf({ suite, guest }: SoakCase): string {
	return `${suite} ${guest}`;
}

function slice(chains: readonly SoakCase[][]): SoakCase[][][] {
	const slices: SoakCase[][][] = [];
	let room = 0;
	for (const chain of chains) {
		if (room <= 0) {
			slices.push([]);
			room = roundCases;
		}
		slices.at(-1)?.push(chain);
		room -= chain.length;
	}
	return slices;
}

function entryOf(chain: readonly SoakCase[], under: string | undefined): SoakEntry {
	return { suite: chain[0]?.suite ?? '', cases: chain.map((one) => one.case), ...(under !== undefined && { under }) };
}

/** A fault that all cases of the chain can be under. */
function faultFor(random: Random, chain: readonly SoakCase[]): string | undefined {
	const [first] = chain;
	const disk = pick(random, first?.disks ?? []);
	const module = chain.some(({ isFaulty }) => isFaulty) ? undefined : pick(random, first?.modules ?? []);
	const nth = between(random, 5, 200);
	const allocation =
		module === undefined ? [] : ['slab-failure', 'page-failure'].map((kind) => `${kind},module=${module},nth=${nth},times=2`);
	return pick(random, [
		`caches-dropping,everyMs=${between(random, 1, 5) * 1000}`,
		...(disk === undefined ? [] : [`disk-throttled,disk=${disk},perSecond=${between(random, 1, 8) * 50}`]),
		...allocation,
	]);
}
