/** Two runs compared: what is broken, fixed, new, gone, slower, and how sure that is. Pure. */

import {
	type CaseChange,
	type CaseSide,
	type ChangeKind,
	type ComparedSide,
	type Comparison,
	changeKinds,
	type SplatChange,
	type TimingChange,
} from '../model/comparison.ts';
import type { Attempt, CaseResult, JobResult, Run } from '../model/run.ts';
import { fisherExact, holm, leastProof, rateInterval } from '../stats/rates.ts';
import { shiftBetween } from '../stats/shift.ts';

export interface CompareOptions {
	readonly id: string;
	readonly made: string;
	/** The p-value a change must reach. */
	readonly threshold: number;
	readonly names: { readonly base: string; readonly head: string };
	/** Ids of the runs each side is made of, where it is not the one. */
	readonly runs?: { readonly base: readonly string[]; readonly head: readonly string[] };
}

interface Pair {
	readonly case: string;
	readonly column: string;
	readonly base: CaseResult;
	readonly head: CaseResult;
}

/** Compares by suite and case; kernels and configs must fit only where a side has several of them. */
export function compareRuns(base: Run, head: Run, options: CompareOptions): Comparison {
	const [left, right] = [casesByKey(base, head), casesByKey(head, base)];
	const pairs = [...left].flatMap(([key, one]): Pair[] => {
		const other = right.get(key);
		return other ? [{ case: one.case, column: one.column, base: one.result, head: other.result }] : [];
	});
	const changes = changesOf(pairs, options.threshold);
	const names = (side: ReadonlyMap<string, Keyed>, other: ReadonlyMap<string, Keyed>) =>
		[...side].filter(([key]) => !other.has(key)).map(([, one]) => `${one.case}${one.column && ` on ${one.column}`}`);
	// Holm's correction would count it, too.
	const tested = changes.filter(({ p }) => p !== undefined).length + 1;
	const sees = Math.max(0, ...pairs.map((pair) => seesFrom(pair, options.threshold / tested)));
	const sides = {
		base: sideOf(base, options.names.base, options.runs?.base),
		head: sideOf(head, options.names.head, options.runs?.head),
	};
	const hasProblem = sides.base.problem !== undefined || sides.head.problem !== undefined;
	const unproved = hasProblem ? undefined : unprovedOf(pairs);
	const isUntestable = hasProblem || unproved !== undefined || pairs.length === 0;
	return {
		schema: 1,
		id: options.id,
		made: options.made,
		...sides,
		threshold: options.threshold,
		changes,
		same: pairs.filter((pair) => hasOnlyPassed(pair.base) && hasOnlyPassed(pair.head)).length,
		splats: splatChanges(base, head),
		timings: pairs.flatMap((pair) => timingOf(pair, options.threshold)),
		onlyBase: names(left, right),
		onlyHead: names(right, left),
		...(sees > 0 && sees <= 1 && { sees }),
		...(unproved && { unproved }),
		verdict: changes.some(({ kind }) => kind === 'broken') ? 'regression' : isUntestable ? 'untestable' : 'no regression',
	};
}

interface Keyed {
	readonly case: string;
	readonly column: string;
	readonly result: CaseResult;
}

function casesByKey(run: Run, other: Run): Map<string, Keyed> {
	const several = (of: (job: JobResult) => string) => [run, other].some(({ jobs }) => new Set(jobs.map(of)).size > 1);
	const parts = [
		...(several((job) => job.kernelSpec) ? [(job: JobResult) => job.kernelSpec] : []),
		...(several((job) => job.config) ? [(job: JobResult) => job.config] : []),
	];
	return new Map(
		run.jobs.flatMap((job) => {
			const column = parts.map((part) => part(job)).join(' ');
			return job.cases.map((result) => {
				const name = `${result.suite}/${result.case}`;
				return [`${name} ${column}`, { case: name, column, result }] as const;
			});
		}),
	);
}

const hasPassed = ({ status }: Attempt) => status === 'PASS' || status === 'XFAIL';

const hasOnlyPassed = ({ attempts }: CaseResult) => attempts.some(hasPassed) && !attempts.some(({ status }) => status === 'FAIL');

/** Whether a case passed or failed at least once: nothing else votes. */
export function hasVoted({ attempts }: Pick<CaseResult, 'attempts'>): boolean {
	return attempts.some((attempt) => attempt.status === 'FAIL' || hasPassed(attempt));
}

function caseSide({ status, reason, attempts }: CaseResult): CaseSide {
	const failed = attempts.filter((attempt) => attempt.status === 'FAIL').length;
	const votes = failed + attempts.filter(hasPassed).length;
	const counts = { failed, votes, attempts: attempts.length };
	// Of runs merged a PASS is what counts, and it has no reason.
	const why = reason ?? (isThin(counts) ? attempts.find((attempt) => !hasVoted({ attempts: [attempt] }))?.reason : undefined);
	return { status, ...(why !== undefined && { reason: why }), ...counts, interval: rateInterval(counts) };
}

/** Whether most runs told nothing. */
function isThin({ votes, attempts }: Pick<CaseSide, 'votes' | 'attempts'>): boolean {
	return votes > 0 && votes < attempts / 2;
}

function changesOf(pairs: readonly Pair[], threshold: number): CaseChange[] {
	const sides = pairs.map((pair) => ({ pair, base: caseSide(pair.base), head: caseSide(pair.head) }));
	const tested = sides.filter(({ base, head }) => base.failed + head.failed > 0 && base.votes > 0 && head.votes > 0);
	const ps = holm(tested.map(({ base, head }) => fisherExact(base, head)));
	return sides
		.flatMap((one): CaseChange[] => {
			const { pair, base, head } = one;
			const at = tested.indexOf(one);
			const p = at < 0 ? undefined : ps[at];
			const found = kindOf(base, head, p, threshold);
			if (!found) return [];
			return [{ ...found, case: pair.case, column: pair.column, base, head, ...(p !== undefined && { p }) }];
		})
		.sort((a, b) => changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind));
}

// A failure and its two reruns, where the other side may have run but once: a case that fails every other time looks so in one comparison of 16.
const leastConsistent = 3;

function kindOf(
	base: CaseSide,
	head: CaseSide,
	p: number | undefined,
	threshold: number,
): { readonly kind: ChangeKind; readonly by?: 'chance' | 'consistent' } | undefined {
	if ((base.status === 'SKIP') !== (head.status === 'SKIP')) return { kind: 'skip' };
	if ((base.votes === 0) !== (head.votes === 0)) return { kind: 'unproved' };
	if (p === undefined) return isThin(base) === isThin(head) ? undefined : { kind: 'fewer-votes' };
	const [before, after] = [base.failed / base.votes, head.failed / head.votes];
	if (before === after) return { kind: 'still-failing' };
	const word = after > before ? 'broken' : 'fixed';
	if (p <= threshold) return { kind: word, by: 'chance' };
	const [always, never] = after > before ? [head, base] : [base, head];
	const isConsistent = always.failed === always.votes && never.failed === 0 && always.votes >= leastConsistent;
	if (isConsistent) return { kind: word, by: 'consistent' };
	return { kind: before > 0 && after > 0 ? 'still-failing' : `maybe-${word}` };
}

/** From which failure rate on a new failure would have been called broken; above 1 when it could not. */
function seesFrom({ base, head }: Pair, threshold: number): number {
	const [before, after] = [caseSide(base).votes, caseSide(head).votes];
	if (before === 0 || after === 0) return 0;
	const always = after >= leastConsistent ? after : Number.POSITIVE_INFINITY;
	return (leastProof(before, after, threshold) ?? always) / after;
}

/** What the worst of those that did not vote says; undefined when a case voted on both sides. */
function unprovedOf(pairs: readonly Pair[]): Comparison['unproved'] {
	const sides = pairs.map(({ case: name, base, head }) => [base, head].map((result) => ({ case: name, ...caseSide(result) })));
	if (sides.some((both) => both.every(({ votes }) => votes > 0))) return undefined;
	const order = ['ERROR', 'MISS', 'INCONCLUSIVE', 'SKIP'];
	const [worst] = sides
		.flat()
		.filter(({ votes }) => votes === 0)
		.sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
	return worst && { case: worst.case, status: worst.status, ...(worst.reason !== undefined && { reason: worst.reason }) };
}

function splatChanges(base: Run, head: Run): SplatChange[] {
	const found = new Map<string, { title: string; knownIssue?: string; base: number; head: number; cases: Set<string> }>();
	for (const [side, run] of [['base', base] as const, ['head', head] as const])
		for (const result of run.jobs.flatMap(({ cases }) => cases))
			for (const { splats } of result.attempts)
				for (const splat of new Map(splats.filter(({ isFailure }) => isFailure).map((one) => [one.fingerprint, one])).values()) {
					const { title, fingerprint, knownIssue } = splat;
					const entry = found.get(fingerprint) ?? {
						title,
						...(knownIssue !== undefined && { knownIssue }),
						base: 0,
						head: 0,
						cases: new Set(),
					};
					entry[side]++;
					entry.cases.add(`${result.suite}/${result.case}`);
					found.set(fingerprint, entry);
				}
	return [...found].map(([fingerprint, { cases, ...entry }]) => ({ ...entry, fingerprint, cases: [...cases].slice(0, 5) }));
}

// Fewer runs say nothing, and smaller shifts come from a host that is busier on one day than on another.
const timing = { leastRuns: 4, leastEffect: 0.8, leastRatio: 1.15 } as const;

function timingOf({ case: name, column, base, head }: Pair, threshold: number): TimingChange[] {
	const times = (result: CaseResult) => result.attempts.filter(hasPassed).map(({ durationMs }) => durationMs);
	const [before, after] = [times(base), times(head)];
	if (Math.min(before.length, after.length) < timing.leastRuns) return [];
	const { p, effect, medians } = shiftBetween(before, after);
	const [baseMs, headMs] = medians;
	const ratio = Math.max(baseMs, headMs) / Math.max(1, Math.min(baseMs, headMs));
	if (p > threshold || Math.abs(effect) < timing.leastEffect || ratio < timing.leastRatio) return [];
	return [{ case: name, column, baseMs, headMs, p, effect }];
}

function sideOf(run: Run, name: string, runs: readonly string[] = [run.id]): ComparedSide {
	const origins = [...new Set(run.jobs.flatMap(({ kernel }) => kernel?.origin ?? []))];
	const problem = run.jobs.find((job) => job.problem)?.problem?.message;
	return { name, origins, runs, ...(problem !== undefined && { problem }) };
}

/** Several runs of the same jobs as one: the attempts of each case one after the other. */
export function mergeRuns(runs: readonly Run[]): Run {
	const [first, ...others] = runs;
	if (!first) throw new Error('there is no run to merge');
	const jobs = first.jobs.map((job): JobResult => {
		const same = others.flatMap((run) => run.jobs.find(({ id }) => id === job.id) ?? []);
		const problem = [job, ...same].find((one) => one.problem)?.problem;
		return {
			...job,
			...(problem && { problem }),
			cases: job.cases.map((result) =>
				mergeCases([result, ...same.flatMap(({ cases }) => cases.find((one) => one.case === result.case) ?? [])]),
			),
		};
	});
	return { ...first, jobs };
}

/** The result that has the most to say, with the attempts of all. */
function mergeCases(results: readonly CaseResult[]): CaseResult {
	const order = ['FAIL', 'PASS', 'XFAIL', 'INCONCLUSIVE', 'SKIP', 'ERROR', 'MISS'];
	const [telling] = [...results].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
	if (!telling) throw new Error('there is no result to merge');
	return {
		...telling,
		durationMs: results.reduce((sum, { durationMs }) => sum + durationMs, 0),
		attempts: results.flatMap(({ attempts }) => attempts),
	};
}
